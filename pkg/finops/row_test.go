package finops_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

func TestCurrenciesAreNeverAdded(t *testing.T) {
	cut, pieces := hours(2)
	usd, eur := line(finops.Node, "n1", "1.10", 2), line(finops.Node, "n1", "2.05", 2)
	eur.Currency = "EUR"
	other := line(finops.Other, "", "7", 2)
	other.Match = finops.Match{}
	table := finops.NewTable(finops.Layout{By: "cluster", Cut: cut, Pieces: pieces})
	table.Add([]finops.Line{usd, eur, other}, "", false)
	rows := table.Rows()
	require.Len(t, rows, 3)
	require.Equal(t, finops.Unmatched, rows[2].Class)
	var said []string
	for _, s := range table.Sums() {
		said = append(said, string(s.Class)+" "+s.Effective.String()+" "+string(s.Currency))
		require.Nil(t, s.Billed, "which nobody told")
	}
	require.Equal(t, []string{" 4.1 EUR", " 2.2 USD", "unmatched 14 USD"}, said)
}

func TestAnAccountIsCalledAsItWasLast(t *testing.T) {
	cut, pieces := hours(2)
	first, second := line(finops.Other, "", "1", 1), line(finops.Other, "", "2", 2)
	first.Account, first.AccountName = "42", "then"
	second.Account, second.AccountName = "42", "now"
	table := finops.NewTable(finops.Layout{By: "account", Cut: cut, Pieces: pieces})
	table.Add([]finops.Line{second, first}, "", false)
	rows := table.Rows()
	require.Len(t, rows, 1)
	require.Equal(t, "now", rows[0].AccountName)
	require.Equal(t, "5", rows[0].Effective.String())
}

func TestATwinIsToldAndNotSummedUp(t *testing.T) {
	cut, pieces := hours(1)
	table := finops.NewTable(finops.Layout{By: "cluster", Cut: cut, Pieces: pieces})
	table.Add([]finops.Line{line(finops.Node, "n1", "1", 1)}, "a", false)
	table.Add([]finops.Line{line(finops.Node, "n1", "1", 1)}, "b", true)
	require.Len(t, table.Rows(), 2)
	require.Equal(t, "1", table.Sums()[0].Effective.String())
}

func TestCutsAreAsCoarseAsTheQuestion(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	at := func(h, m int, zone *time.Location) time.Time { return time.Date(2026, 10, 25, h, m, 0, 0, zone) }
	for _, tt := range []struct {
		start, end time.Time
		every      time.Duration
	}{
		{at(0, 0, time.UTC), at(24, 0, time.UTC), 24 * time.Hour},
		{at(0, 0, paris), at(24, 0, paris), time.Hour}, // of 25 hours
		{at(5, 0, time.UTC), at(6, 0, time.UTC), time.Hour},
		{at(5, 30, time.UTC), at(6, 0, time.UTC), 0},
	} {
		w := window.Window{Start: tt.start, End: tt.end}
		cut := finops.CutFor([]window.Window{w})
		require.Equal(t, tt.every, cut.Every, "%s", w)
		if tt.every == time.Hour {
			require.Len(t, cut.All(), int(w.Length().Hours()))
		}
	}
}

func TestEffectiveCostsThatWereRoundedAreDoubted(t *testing.T) {
	require.Empty(t, finops.Doubts{Billed: 1000, Broken: 900, Whole: 300, NoEffective: 20}.Why())
	require.Contains(t, finops.Doubts{Billed: 1000, Broken: 900, Whole: 890}.Why(), "rounded")
	require.Contains(t, finops.Doubts{Billed: 1000, NoEffective: 610}.Why(), "effective cost of 0")
	require.Empty(t, finops.Doubts{Billed: 5, NoEffective: 5, Broken: 5, Whole: 5}.Why(), "too few to tell")
}

func TestATableIsByWhatItIsAsked(t *testing.T) {
	cut, pieces := hours(1)
	team := "web"
	l := line(finops.Volume, "pv", "1", 1)
	l.Service, l.Region, l.Account, l.Category, l.Tag, l.Rule = "EBS", "eu-west-1", "42", bill.Usage, &team, finops.ByTag
	bare := line(finops.Other, "", "2", 1)
	for by, want := range map[string][2]finops.Subject{
		"service":  {{Service: "EBS"}, {Class: finops.Nameless}},
		"region":   {{Region: "eu-west-1"}, {Class: finops.Nameless}},
		"account":  {{Account: "42"}, {Class: finops.Nameless}},
		"category": {{Category: bill.Usage}, {Class: finops.Nameless}},
		"tag:team": {{Tag: &team}, {Class: finops.Nameless}},
		"node":     {{Class: finops.Volumes}, {Class: finops.Others}},
	} {
		table := finops.NewTable(finops.Layout{By: by, Cut: cut, Pieces: pieces})
		table.Add([]finops.Line{bare, l}, "", false)
		rows := table.Rows()
		require.Len(t, rows, 2, by)
		want[0].MatchedBy = []finops.Rule{finops.ByTag}
		for i, cost := range []money.Amount{amount("1"), amount("2")} {
			require.Zero(t, rows[i].Effective.Cmp(cost), by)
			rows[i].Currency = ""
			require.Equal(t, want[i], rows[i].Subject, by)
		}
	}
}
