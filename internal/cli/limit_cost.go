package cli

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/money"
)

// costLimit is what costs must not pass: cost>1000USD, increase>10%.
type costLimit struct {
	increase bool // it is of the increase, else of the cost
	above    bool // else below
	equal    bool
	value    money.Amount
	currency money.Currency // "" for percent
	said     string
}

// costLimits is a flag that may be given several times. It implements pflag.Value.
type costLimits []costLimit

var costLimitPattern = regexp.MustCompile(`^\s*(cost|increase)\s*(>=|>|<=|<)\s*(-?[0-9.eE+-]+)\s*([A-Z]{3}|%)\s*$`)

// Set implements pflag.Value.
func (l *costLimits) Set(s string) error {
	m := costLimitPattern.FindStringSubmatch(s)
	if m == nil {
		return errors.New("write it such as cost>1000USD, with the currency of the bill")
	}
	value, err := money.Parse(m[3])
	if err != nil {
		return fmt.Errorf("%q is no number", m[3])
	}
	one := costLimit{increase: m[1] == "increase", above: m[2][0] == '>', equal: strings.HasSuffix(m[2], "="), value: value, said: strings.Join(strings.Fields(s), "")}
	if m[4] != "%" {
		one.currency = money.Currency(m[4])
	} else if !one.increase {
		return errors.New("costs are told in a currency, such as cost>1000USD")
	}
	*l = append(*l, one)
	return nil
}

// Type implements pflag.Value.
func (*costLimits) Type() string { return "limit" }

// String implements pflag.Value.
func (l *costLimits) String() string {
	said := make([]string, len(*l))
	for i := range *l {
		said[i] = (*l)[i].said
	}
	return strings.Join(said, ",")
}

// flag adds the flag that makes an answer an exit code.
func (l *costLimits) flag(cmd *cobra.Command, of string) {
	cmd.Flags().Var(l, "fail-on", "exit with 6 where the total of clusters passes this: "+of+"; may be repeated")
}

// ofCostAlone says whether a limit is of what two windows alone have.
func (l costLimits) ofCostAlone() error {
	for i := range l {
		if l[i].increase {
			return fault.New(fault.Invalid, "--fail-on %s: there is an increase between two windows alone", l[i].said).Hinted("Ask fred finops compare.")
		}
	}
	return nil
}

// costTotal is what an answer comes to in a currency; nil where it is not known.
type costTotal struct {
	value    *money.Amount
	currency money.Currency
}

// judged returns err, how an answer with these totals ended, or that it passed a limit.
// What is not known passes none, and is an incomplete answer.
func (l costLimits) judged(totals []costTotal, err error) error {
	if err != nil && !errors.Is(err, errPartial) {
		return err
	}
	for i := range l {
		at := slices.IndexFunc(totals, func(t costTotal) bool { return t.currency == l[i].currency })
		if err = l[i].judge(totals, at, err); fault.KindOf(err) == fault.Threshold {
			return err
		}
	}
	return err
}

func (l *costLimit) judge(totals []costTotal, at int, err error) error {
	switch {
	case at < 0 && len(totals) == 0 || at >= 0 && totals[at].value == nil:
		if err == nil {
			err = fault.New(fault.Partial, "the cost of this window is not known, so --fail-on %s cannot be judged", l.said)
		}
	case at < 0:
		if err == nil {
			err = fault.New(fault.Partial, "the costs are in %s, so --fail-on %s cannot be judged", totals[0].currency, l.said)
		}
	case l.passed(*totals[at].value):
		return fault.New(fault.Threshold, "cost is %s %s: --fail-on %s", totals[at].value, l.currency, l.said)
	}
	return err
}

// judgedOf is judged of what changed.
func (l costLimits) judgedOf(changes []finops.CostChange, err error) error {
	if err != nil && !errors.Is(err, errPartial) {
		return err
	}
	var costs []costTotal
	var increases []finops.CostChange
	for _, c := range changes {
		if c.Class == finops.Plain {
			costs = append(costs, costTotal{c.Second.Cost, c.Currency})
			increases = append(increases, c)
		}
	}
	for i := range l {
		if !l[i].increase {
			err = l[i:i+1].judged(costs, err)
		} else {
			err = l[i].judgeIncrease(increases, err)
		}
		if fault.KindOf(err) == fault.Threshold {
			return err
		}
	}
	return err
}

// judgeIncrease says whether costs grew by more than they may, in any currency if the
// limit is in percent.
func (l *costLimit) judgeIncrease(changes []finops.CostChange, err error) error {
	judged := false
	for _, c := range changes {
		if l.currency != "" && c.Currency != l.currency || c.Difference == nil {
			continue
		}
		by, of := *c.Difference, *c.First.Cost
		if l.currency == "" {
			by = by.Mul(money.New(100, 0))
			if of.Sign() <= 0 {
				if by.Sign() == 0 {
					judged = true
				}
				continue // of nothing there is no percentage
			}
		} else {
			of = money.New(1, 0)
		}
		judged = true
		if limit := l.value.Mul(of); l.passedBy(by.Cmp(limit)) {
			said := fmt.Sprintf("%s %s", c.Difference, c.Currency)
			if c.Percentage != nil {
				said += fmt.Sprintf(" (%+.1f%%)", float64(*c.Percentage))
			}
			return fault.New(fault.Threshold, "costs changed by %s: --fail-on %s", said, l.said)
		}
	}
	if !judged && err == nil {
		err = fault.New(fault.Partial, "by how much costs grew is not known, so --fail-on %s cannot be judged", l.said)
	}
	return err
}

func (l *costLimit) passed(v money.Amount) bool { return l.passedBy(v.Cmp(l.value)) }

// passedBy reports whether what compares so with the limit passes it.
func (l *costLimit) passedBy(compared int) bool {
	return compared == 0 && l.equal || compared != 0 && compared > 0 == l.above
}
