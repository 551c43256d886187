package focus

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
)

// table is a CSV that is read.
type table struct {
	*reading
	name   string
	rows   *rows
	csv    *csv.Reader
	header []string
	chosen []chosen
	tally  *tally // nil where nothing is counted
	line   int    // of the last row that was read
}

var (
	errEmpty     = errors.New("is empty")
	errSeparator = errors.New("separates its columns by other characters than commas")
)

func (t *table) readHeader() error {
	header, err := t.next()
	broken, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case ok:
		return errors.New("has no header: " + said(broken))
	case errors.Is(err, io.EOF):
		return errEmpty
	case err != nil:
		return err
	case len(header) == 1 && strings.ContainsAny(header[0], ";\t|"):
		return errSeparator
	}
	return t.take(header)
}

// take takes a record for the header of what follows.
func (t *table) take(header []string) (err error) {
	t.header = slices.Clone(header)
	var absent bill.Fields
	t.chosen, absent, err = choose(t.header, t.q.Fields)
	t.sum.Absent |= absent
	if err == nil {
		t.tally = t.tallied(t.header)
	}
	return err
}

// next returns the next record that is not blank.
func (t *table) next() ([]string, error) {
	for {
		t.rows.left = mostRow
		record, err := t.csv.Read()
		if err != nil || len(record) > 1 || strings.TrimSpace(record[0]) != "" {
			return record, err
		}
	}
}

// readRow reads a row and hands its charge on. Its errors end the file.
func (t *table) readRow() error {
	record, err := t.next()
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		t.sum.Rows++
		t.line = broken.StartLine
		return t.tell("", said(broken), bill.Row)
	}
	if err != nil {
		return err
	}
	t.line, _ = t.csv.FieldPos(0)
	if t.isHeader(record) {
		if err := t.tell("", "a header, again", bill.Nothing); err != nil {
			return err
		}
		return t.take(record)
	}
	t.sum.Rows++
	if len(record) != len(t.header) {
		return t.tell("", fmt.Sprintf("%d values, where the header has %d", len(record), len(t.header))+t.upTo(record), bill.Row)
	}
	if ok, err := t.decode(record); !ok || err != nil {
		return err
	}
	t.stop = t.each(&t.c)
	return t.stop
}

// upTo says where a record ends that has several lines: a quote may have taken the rows
// on them for a value.
func (t *table) upTo(record []string) string {
	last := len(record) - 1
	line, _ := t.csv.FieldPos(last)
	if line += strings.Count(record[last], "\n"); line > t.line {
		return fmt.Sprintf(", up to line %d", line)
	}
	return ""
}

// said returns what is wrong with a row that is no CSV.
func said(err *csv.ParseError) string {
	what := "a quote within a value that is not quoted"
	if errors.Is(err.Err, csv.ErrQuote) {
		what = "a quoted value that does not end where it should"
	}
	if err.Line > err.StartLine {
		return fmt.Sprintf("%s, up to line %d", what, err.Line)
	}
	return what
}

func (t *table) tell(column, what string, lost bill.Lost) error {
	return t.problem(bill.Problem{File: t.name, Line: t.line, Column: column, What: what, Lost: lost})
}

// isHeader says whether a record is a header once more, as where files were joined. Its
// columns may be others.
func (t *table) isHeader(record []string) bool {
	if first := t.chosen[0].at; len(record) == len(t.header) && record[first] != "" && record[first][0] <= '9' {
		return false // it has a time there
	}
	return slices.ContainsFunc(record, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), columns[0].name) })
}

// decode reads a record into the charge, and says whether it is one.
func (t *table) decode(record []string) (bool, error) {
	t.c = bill.Charge{}
	if t.tally != nil {
		t.tally.count(t, record)
	}
	for i := range t.chosen {
		c := &t.chosen[i]
		s := strings.TrimSpace(record[c.at])
		if c.or >= 0 && null(s) {
			s = strings.TrimSpace(record[c.or])
		}
		what := ""
		if !null(s) {
			if err := c.set(&t.d, &t.c, s); err != nil {
				what = err.Error()
			}
		} else if c.filled {
			what = "is missing"
		}
		if what == "" {
			continue
		}
		if err := t.tell(c.name, what, c.lost); err != nil || c.lost != bill.Nothing {
			return false, err
		}
	}
	if t.c.End.Before(t.c.Start) {
		return false, t.tell("ChargePeriodEnd", "is before ChargePeriodStart", bill.Row)
	}
	t.count()
	return true, nil
}

// count counts the costs that were asked for and are not told.
func (t *table) count() {
	for _, m := range bill.Metrics {
		if !t.c.Costs[m].Known && t.q.Fields.Has(bill.BilledCost<<m) {
			t.sum.Unknown[m]++
		}
	}
}
