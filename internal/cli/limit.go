package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/unit"
)

// limit is what the total of an answer must not pass: carbon>10kg.
type limit struct {
	of    string // energy, carbon, embodied or sci
	above bool   // else below
	equal bool
	value float64 // in Wh or g
	said  string
}

// limits is a flag that may be given several times. It implements pflag.Value.
type limits []limit

var limitPattern = regexp.MustCompile(`^\s*([a-z]+)\s*(>=|>|<=|<)\s*([0-9.eE+-]+)\s*([a-zA-Z]+)\s*$`)

// scales are the units of limits, by what they are of.
var scales = map[string]map[string]float64{
	"energy":   {"mWh": 1e-3, "Wh": 1, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9},
	"carbon":   {"mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6},
	"embodied": {"mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6},
	"sci":      {"mg": 1e-3, "g": 1, "kg": 1e3, "t": 1e6},
}

// Set implements pflag.Value.
func (l *limits) Set(s string) error {
	m := limitPattern.FindStringSubmatch(s)
	if m == nil {
		return errors.New("write it such as carbon>10kg or energy>=2.5kWh")
	}
	units, ok := scales[m[1]]
	if !ok {
		return fmt.Errorf("%q has no limit: carbon, embodied, energy and sci have", m[1])
	}
	scale, ok := units[m[4]]
	if !ok {
		return fmt.Errorf("%s is not told in %q", m[1], m[4])
	}
	value, err := strconv.ParseFloat(m[3], 64)
	if err != nil {
		return fmt.Errorf("%q is no number", m[3])
	}
	*l = append(*l, limit{
		of: m[1], above: m[2][0] == '>', equal: strings.HasSuffix(m[2], "="), value: value * scale, said: strings.Join(strings.Fields(s), ""),
	})
	return nil
}

// Type implements pflag.Value.
func (*limits) Type() string { return "limit" }

// String implements pflag.Value.
func (l *limits) String() string {
	said := make([]string, len(*l))
	for i := range *l {
		said[i] = (*l)[i].said
	}
	return strings.Join(said, ",")
}

// failOnFlag adds the flag that makes an answer an exit code.
func (l *limits) failOnFlag(cmd *cobra.Command, of string) {
	cmd.Flags().Var(l, "fail-on", "exit with 6 where the total passes this: "+of+"; may be repeated")
}

// totals are what an answer says of each thing that has limits; nil where nothing is
// known.
type totals struct {
	energy           *unit.Energy
	carbon, embodied *unit.Carbon
	sci              *unit.Carbon // per functional unit
}

// of returns the total of what, as a number and as people read it.
func (t totals) of(what string) (value float64, said string, known bool) {
	switch {
	case what == "energy" && t.energy != nil:
		return float64(*t.energy), t.energy.String(), true
	case what == "carbon" && t.carbon != nil:
		return float64(*t.carbon), t.carbon.String(), true
	case what == "embodied" && t.embodied != nil:
		return float64(*t.embodied), t.embodied.String(), true
	case what == "sci" && t.sci != nil:
		return float64(*t.sci), t.sci.String(), true
	}
	return 0, "", false
}

// of reports whether there is a limit of what.
func (l limits) of(what string) bool {
	return slices.ContainsFunc(l, func(one limit) bool { return one.of == what })
}

// judged returns err, how an answer with the totals t ended, or that it passed a limit.
// What is not known passes none, and is an incomplete answer.
func (l limits) judged(t totals, err error) error {
	if err != nil && !errors.Is(err, errPartial) {
		return err
	}
	for i := range l {
		value, said, known := t.of(l[i].of)
		switch {
		case !known && err == nil:
			err = fault.New(fault.Partial, "the %s of this window is not known, so --fail-on %s cannot be judged", l[i].of, l[i].said)
		case known && l[i].passed(value):
			return fault.New(fault.Threshold, "%s is %s: --fail-on %s", l[i].of, said, l[i].said)
		}
	}
	return err
}

func (l *limit) passed(v float64) bool {
	return v == l.value && l.equal || v != l.value && v > l.value == l.above
}
