package finops

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/money"
)

// Price is what a machine costs by the hour, and between what that may lie.
type Price struct {
	Value, Low, High money.Amount
	List             money.Amount // at public prices
	Currency         money.Currency
	Note             string // where it is from, and what is assumed
	Guessed          bool   // the type of the machine is in no table
}

// spotShare returns what a spot machine costs by what it costs on demand: the ratio of
// the default prices of OpenCost for an hour of a vCPU, 0.006655 to 0.031611 USD.
func spotShare() money.Amount {
	return decimal(fmt.Sprintf("%.2f", factor.Constant("opencost_default_spot_cpu")/factor.Constant("opencost_default_cpu")))
}

// spotAtBest is what it costs at least.
var spotAtBest = money.New(1, -1)

// PriceOf returns what m costs: as sheet says or, where it says nothing, at the list
// price of its type or, where there is none, at that of other machines by vCPU.
func PriceOf(m *Machine, sheet Sheet) Price {
	if p, ok := sheet.price(m); ok {
		return p
	}
	p := Price{Currency: "USD"}
	if kind, ok := factor.MachineOf(m.Provider, m.Type); ok && kind.HourlyUSD != "" {
		p.List = decimal(kind.HourlyUSD)
		p.Note = fmt.Sprintf("%s: %s USD/h on demand in %s, %s (%s)", m.Type, kind.HourlyUSD, kind.PriceRegion, kind.PriceDate, kind.PriceSource)
		p.Value, p.Low, p.High = p.List, p.List, p.List
	} else {
		perCPU := factor.PriceOfCPU(m.Provider)
		of := func(v float64) money.Amount { return decimal(fmt.Sprintf("%.6f", v*m.CPUs)) }
		p.Value, p.Low, p.High = of(perCPU.Value), of(perCPU.Low), of(perCPU.High)
		p.List, p.Guessed = p.Value, true
		p.Note = fmt.Sprintf("%s: %.4f USD/h by vCPU (%.4f to %.4f), %s (%s)",
			cmp.Or(m.Type, "machines without a type"), perCPU.Value, perCPU.Low, perCPU.High, perCPU.Note, perCPU.Source)
	}
	if m.Spot {
		share := spotShare()
		p.Value, p.Low = p.Value.Mul(share), p.Low.Mul(spotAtBest)
		p.Note += fmt.Sprintf(", of which a spot machine is taken to cost %s, at least %s", share, spotAtBest)
	}
	return p
}

func decimal(s string) money.Amount {
	a, err := money.Parse(s)
	if err != nil {
		panic(fmt.Errorf("a price of the tables: %q: %w", s, err)) // which a test reads
	}
	return a
}

// Sheet is a list of prices that somebody wrote, the first that fits holds.
type Sheet []SheetRow

// SheetRow is the price of a type of machine.
type SheetRow struct {
	Provider, Type, Region string // any of which may be empty, for all
	Hour                   money.Amount
	Currency               money.Currency
	Line                   int
}

// sheetColumns are the columns of a sheet, the first of which it must have.
var sheetColumns = []string{"price_per_hour", "type", "provider", "region", "currency"}

// ReadSheet reads a sheet: CSV whose header names its columns, in any order. Its errors
// are faults of kind Invalid.
func ReadSheet(in io.Reader, name string) (Sheet, error) {
	r := csv.NewReader(in)
	r.TrimLeadingSpace, r.Comment = true, '#'
	header, err := r.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: no prices: %w", name, err).Hinted("%s", sheetHint)
	}
	at := map[string]int{}
	for i, column := range header {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(column, "\ufeff")))] = i
	}
	if _, ok := at[sheetColumns[0]]; !ok {
		return nil, fault.New(fault.Invalid, "%s: no column %s", name, sheetColumns[0]).Hinted("%s", sheetHint)
	}
	var sheet Sheet
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return sheet, nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s: %w", name, err).Hinted("%s", sheetHint)
		}
		row, err := sheetRow(func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(cells[i])
			}
			return ""
		})
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s, line %d: %w", name, line, err).Hinted("%s", sheetHint)
		}
		row.Line = line
		sheet = append(sheet, row)
	}
}

const sheetHint = "Write columns type, price_per_hour and, where they matter, provider, region and currency."

func sheetRow(of func(column string) string) (SheetRow, error) {
	row := SheetRow{Provider: factor.Provider(of("provider")), Type: of("type"), Region: of("region")}
	if given := of("provider"); given != "" && row.Provider == "" {
		row.Provider = strings.ToLower(given)
	}
	var err error
	if row.Hour, err = money.Parse(of("price_per_hour")); err != nil {
		return row, fmt.Errorf("price_per_hour %q: %w", of("price_per_hour"), err)
	}
	if row.Hour.Sign() < 0 {
		return row, fmt.Errorf("price_per_hour %s is negative", row.Hour)
	}
	row.Currency, err = money.ParseCurrency(cmp.Or(of("currency"), "USD"))
	return row, err
}

func (s Sheet) price(m *Machine) (Price, bool) {
	fits := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	for i := range s {
		r := &s[i]
		if fits(r.Provider, factor.Provider(m.Provider)) && fits(r.Type, m.Type) && fits(r.Region, m.Region) {
			return Price{
				Value: r.Hour, Low: r.Hour, High: r.Hour, List: r.Hour, Currency: r.Currency,
				Note: fmt.Sprintf("%s: %s %s/h, line %d of the price sheet", cmp.Or(m.Type, "machines without a type"), r.Hour, r.Currency, r.Line),
			}, true
		}
	}
	return Price{}, false
}
