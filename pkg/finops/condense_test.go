package finops_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/window"
)

// written is a bill of a month, and its totals as they were written.
func written(t *testing.T, o focustest.Options) (*focus.Files, focustest.Totals) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bill.csv")
	file, err := os.Create(path)
	require.NoError(t, err)
	totals, err := focustest.Write(file, o)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	files, err := focus.Find(path)
	require.NoError(t, err)
	return files, totals
}

// ofPieces returns what a bill comes to in pieces, by currency and metric.
func ofPieces(t *testing.T, src bill.Source, by string, spread bill.Spread, pieces []window.Window) map[string]*big.Rat {
	t.Helper()
	cut := finops.CutFor(pieces)
	all, err := finops.Condense(t.Context(), src, finops.NewMatcher(nil), finops.Question{Cut: cut, Spread: spread, By: by})
	require.NoError(t, err)
	table := finops.NewTable(finops.Layout{By: by, Cut: cut, Pieces: pieces, Whole: true})
	table.Add(all[""].Lines, "", false)
	sums := map[string]*big.Rat{}
	for _, r := range table.Rows() {
		for _, m := range bill.Metrics {
			key := string(r.Currency) + " " + m.String()
			if sums[key] == nil {
				sums[key] = new(big.Rat)
			}
			if v := r.Of(m); v != nil {
				sums[key].Add(sums[key], rat(*v))
			}
		}
	}
	return sums
}

func requireEqual(t *testing.T, want, got map[string]*big.Rat, what string) {
	t.Helper()
	for key, v := range want {
		if got[key] == nil {
			got[key] = new(big.Rat)
		}
		require.Zero(t, v.Cmp(got[key]), "%s, %s: %s, not %s", what, key, got[key].FloatString(20), v.FloatString(20))
	}
}

var month = window.Window{Start: focustest.Month, End: focustest.Month.AddDate(0, 1, 0)}

// The generator adds up what it writes as big.Rat, and knows nothing of how it is read.
func TestEveryGroupingOfEveryVersionAddsUpExactly(t *testing.T) {
	for i, version := range focustest.Versions {
		files, totals := written(t, focustest.Options{Version: version, Rows: 400, Seed: uint64(i), Currencies: []string{"USD", "EUR"}, Shuffle: i%2 == 1})
		want := map[string]*big.Rat{}
		for currency, costs := range totals {
			for column, sum := range costs {
				want[currency+" "+column] = sum
			}
		}
		for _, by := range []string{"service", "node", "region", "account", "category", "cluster", "tag:team"} {
			for _, spread := range []bill.Spread{bill.SpreadUsage, bill.SpreadAll, bill.SpreadNone} {
				requireEqual(t, want, ofPieces(t, files, by, spread, []window.Window{month}), fmt.Sprint(version, by, spread))
			}
		}
	}
}

func TestAWindowThatIsSplitAnywhereAddsUpToItsUnion(t *testing.T) {
	files, _ := written(t, focustest.Options{Rows: 600, Seed: 7})
	dice := rand.New(rand.NewPCG(3, 4))
	start, end := month.Start.Add(50*time.Hour+17*time.Minute), month.End.Add(-70*time.Hour-time.Second)
	for _, spread := range []bill.Spread{bill.SpreadUsage, bill.SpreadAll, bill.SpreadNone} {
		whole := ofPieces(t, files, "service", spread, []window.Window{{Start: start, End: end}})
		for range 12 {
			at := start.Add(time.Duration(dice.Int64N(int64(end.Sub(start)))))
			if dice.IntN(2) == 0 {
				at = at.Truncate(time.Hour)
			}
			parts := ofPieces(t, files, "service", spread, []window.Window{{Start: start, End: at}})
			for key, v := range ofPieces(t, files, "service", spread, []window.Window{{Start: at, End: end}}) {
				if parts[key] == nil {
					parts[key] = new(big.Rat)
				}
				parts[key].Add(parts[key], v)
			}
			requireEqual(t, whole, parts, fmt.Sprint(spread, " at ", at))
		}
		var days []window.Window
		for at := month.Start; at.Before(month.End); at = at.AddDate(0, 0, 1) {
			days = append(days, window.Window{Start: at, End: at.AddDate(0, 0, 1)})
		}
		requireEqual(t, ofPieces(t, files, "service", spread, []window.Window{month}), ofPieces(t, files, "service", spread, days), "by the day")
	}
}

// endless is a bill with more kinds of charges than are kept.
type endless struct {
	kinds int
	items int // of which they are; nobody tells, where there are none
}

func (e endless) Read(_ context.Context, _ bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	for i := range e.kinds {
		c := bill.Charge{Start: noon, End: noon.Add(time.Hour), Currency: "USD", Category: bill.Usage, Service: fmt.Sprint("s", i%7), SubAccount: fmt.Sprint("a", i)}
		c.Costs[bill.Effective] = bill.Value{Amount: amount("0.01"), Known: true}
		if e.items > 0 {
			c.SKU, c.Consumed = fmt.Sprint("sku", i%e.items), bill.Quantity{Value: bill.Value{Amount: amount("0.5"), Known: true}, Unit: "Hrs"}
		}
		if err := each(&c); err != nil {
			return bill.Summary{}, err
		}
	}
	return bill.Summary{Rows: e.kinds}, nil
}

func TestABillWithTooManyKindsIsCondensedToWhatIsAsked(t *testing.T) {
	all, err := finops.Condense(t.Context(), endless{kinds: 200_000}, finops.NewMatcher(nil), finops.Question{Cut: finops.Cut{Every: 24 * time.Hour}, By: "service"})
	require.NoError(t, err)
	s := all[""]
	require.True(t, s.Folded)
	require.Len(t, s.Lines, 7)
	sum := new(big.Rat)
	for _, l := range s.Lines {
		require.Empty(t, l.Account)
		sum.Add(sum, rat(l.Costs[bill.Effective][0]))
	}
	require.Equal(t, "2000.00", sum.FloatString(2))
	require.True(t, slices.IsSortedFunc(s.Lines, func(a, b finops.Line) int { return len(a.Service) - len(b.Service) }))
}

func TestItemsOfABillAreToldApartAsLongAsThereIsRoom(t *testing.T) {
	const charges = 151_000
	for _, tt := range []struct {
		by           string
		items, lines int
		mixed        bool
	}{{"service", 50, 350, false}, {"service", charges, 7, true}, {"tag:team", charges, 1, true}} {
		all, err := finops.Condense(t.Context(), endless{charges, tt.items}, finops.NewMatcher(nil), finops.Question{Cut: finops.Cut{Every: 24 * time.Hour}, By: tt.by, Units: true})
		require.NoError(t, err)
		s := all[""]
		require.Equal(t, tt.mixed, s.Mixed)
		require.Len(t, s.Lines, tt.lines)
		cost, used := new(big.Rat), new(big.Rat)
		for _, l := range s.Lines {
			require.Equal(t, tt.mixed, l.Item == "")
			cost.Add(cost, rat(l.Costs[bill.Effective][0]))
			if !tt.mixed {
				used.Add(used, rat(l.Quantities[0]))
			}
		}
		require.Equal(t, "1510.00", cost.FloatString(2))
		if !tt.mixed {
			require.Equal(t, "75500", used.FloatString(0))
		}
	}
}
