package prometheus

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/fredctl/fred/pkg/footprint"
)

// results gathers what parts bring into one reading.
type results struct {
	footprint.Reading
	at map[identity]int
	mu sync.Mutex // of Notes and Partial
}

// identity names a row.
type identity struct {
	class                footprint.Class
	node, namespace, pod string
}

func newResults(ask footprint.Ask) *results {
	hours := max(0, int(ask.End.Sub(ask.Start)/time.Hour))
	return &results{
		Reading: footprint.Reading{Start: ask.Start, Until: ask.End, Rungs: make([]footprint.Rung, hours), Coverage: make(footprint.Values, hours)},
		at:      map[identity]int{},
	}
}

// hour returns the index of the hour that t lies in.
func (r *results) hour(t time.Time) int { return int(t.Sub(r.Start) / time.Hour) }

// add adds the figures of a row; values begin at hour first. Missing adds nothing.
func (r *results) add(s footprint.Series, first int, values []float64) {
	id := identity{s.Class, s.Node, s.Namespace, s.Pod}
	i, ok := r.at[id]
	if !ok {
		i = len(r.Series)
		r.at[id] = i
		s.Values = make(footprint.Values, len(r.Rungs))
		for h := range s.Values {
			s.Values[h] = footprint.Missing
		}
		r.Series = append(r.Series, s)
	}
	sum := r.Series[i].Values
	for h, v := range values {
		switch at := first + h; {
		case at < 0 || at >= len(sum) || math.IsNaN(v):
		case math.IsNaN(sum[at]):
			sum[at] = v
		default:
			sum[at] += v
		}
	}
}

// mostNotes is how many notes a reader is expected to read.
const mostNotes = 10

// note keeps a note, once.
func (r *results) note(words string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.Notes) < mostNotes && !slices.Contains(r.Notes, words) {
		r.Notes = append(r.Notes, words)
	}
}

// partial keeps the first word that figures may lack a part.
func (r *results) partial(words string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Partial = cmp.Or(r.Partial, words)
}

// segments returns the consecutive hours of each rung.
func (r *results) segments() []segment {
	var all []segment
	for h, rung := range r.Rungs {
		if rung == "" {
			continue
		}
		start := r.Start.Add(time.Duration(h) * time.Hour)
		end := start.Add(time.Hour)
		if end.After(r.Until) {
			end = r.Until
		}
		if n := len(all); n > 0 && all[n-1].family.rung == rung && all[n-1].end.Equal(start) {
			all[n-1].end = end
			continue
		}
		all = append(all, segment{&families[slices.IndexFunc(families, func(f family) bool { return f.rung == rung })], start, end})
	}
	return all
}

// reading returns what was gathered, in order.
func (r *results) reading() footprint.Reading {
	slices.SortFunc(r.Series, func(a, b footprint.Series) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.Node, b.Node))
	})
	return r.Reading
}

// forget drops every figure of an hour.
func (r *results) forget(h int) {
	for i := range r.Series {
		r.Series[i].Values[h] = footprint.Missing
	}
}

// sum returns what a class, or every other, used in hour h; false where nothing is
// known.
func (r *results) sum(class footprint.Class, other bool, h int) (sum float64, known bool) {
	for i := range r.Series {
		if v := r.Series[i].Values[h]; (r.Series[i].Class == class) != other && !math.IsNaN(v) {
			sum, known = sum+v, true
		}
	}
	return sum, known
}
