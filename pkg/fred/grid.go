package fred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// gridKind is the kind of an entry that holds what a grid emitted on one day, by
// which people select it. Such entries are of no cluster: all that are on a grid
// share them.
const gridKind = "grid"

var gridsKey = cache.NewKey(gridKind)

func gridKey(zone, source string, day time.Time) cache.Key {
	return gridsKey.Join(strings.ToLower(zone), strings.ToLower(strings.ReplaceAll(source, " ", "-")), day.UTC().Format(time.DateOnly))
}

// gridHours is what is known of a grid hour by hour.
type gridHours struct {
	source string     // who told of them; "" where nobody did
	terms  string     // what must be said where they are shown
	hours  []mix.Hour // in order
	notes  []string   // what else there is to say, one sentence each
}

// find returns which of the hours starts then.
func (g *gridHours) find(start time.Time) (int, bool) { return findHour(g.hours, start) }

func findHour(hours []mix.Hour, start time.Time) (int, bool) {
	return slices.BinarySearchFunc(hours, start, func(h mix.Hour, at time.Time) int { return h.Start.Compare(at) })
}

// gridHours returns what the first source that has any of it says of a grid. Why
// another could not tell is in the notes; an error is that it was interrupted.
func (f *Fred) gridHours(ctx context.Context, zone string, q Query, w window.Window) (*gridHours, error) {
	out := &gridHours{}
	for _, source := range f.Grids {
		if zone == "" || !source.Knows(zone) {
			continue
		}
		days, err := f.gridDays(ctx, source, zone, q, w)
		if err != nil {
			return nil, err
		}
		if out.take(source, days); len(out.hours) > 0 {
			break
		}
	}
	return out, nil
}

// take takes over what a source said, and why it did not say more.
func (g *gridHours) take(source mix.Source, days []*day[mix.Answer]) {
	var why error
	missing, rejected := 0, 0
	for _, d := range days {
		if d.err != nil {
			why = d.err
			missing++
			continue
		}
		g.hours = append(g.hours, d.entry.Value.Hours...)
		rejected += d.entry.Value.Rejected
		if d.entry.Cause != nil && why == nil {
			why = d.entry.Cause
		}
	}
	switch {
	case len(g.hours) > 0:
		g.source, g.terms = source.Name(), source.Terms()
	case why == nil:
		return
	}
	if rejected > 0 {
		g.note("%s: %d values cannot be true and are left out", source.Name(), rejected)
	}
	switch {
	case why == nil:
	case isOffline(why) && missing > 0:
		g.note("%s of %s not cached", amountOf(float64(missing), "day"), source.Name())
	case !isOffline(why):
		g.note("%v", why)
	}
}

func (g *gridHours) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

// gridDays returns what one source says of the days of a window.
func (f *Fred) gridDays(ctx context.Context, source mix.Source, zone string, q Query, w window.Window) ([]*day[mix.Answer], error) {
	s := daily[mix.Answer]{
		Fred: f, now: f.Now().UTC(),
		request: cache.Request{TTL: cache.Forever, Source: source.Name(), Refresh: q.Refresh, MaxAge: q.MaxAge},
		key:     func(day time.Time) cache.Key { return gridKey(zone, source.Name(), day) },
		ask: func(ctx context.Context, start, end time.Time) (mix.Answer, error) {
			return f.gridDown.guard(source.Name()+" "+zone, f.Now(), func() (mix.Answer, error) {
				return source.Hours(ctx, zone, window.Window{Start: start, End: end})
			})
		},
		day:   dayOfGrid,
		over:  mergedHours,
		final: func(day time.Time, e cache.Entry[mix.Answer]) int { return finalHours(day, e.Value.Hours) },
	}
	s.expires = func(day time.Time, value mix.Answer) time.Time {
		if finalHours(day, value.Hours) == 24 {
			return time.Time{}
		}
		return s.now.Add(max(youngest, s.now.Sub(day.Add(aDay))/10))
	}
	err := s.have(ctx, w)
	return s.days, err
}

// youngest is how old hours of today that are not final are before they are asked for
// again. Those of days before are asked for when a tenth of their age has passed.
const youngest = 15 * time.Minute

// dayOfGrid returns the hours of one day.
func dayOfGrid(all mix.Answer, day time.Time) mix.Answer {
	out := mix.Answer{Hours: []mix.Hour{}}
	for i := range all.Hours {
		if start := all.Hours[i].Start; !start.Before(day) && start.Before(day.Add(aDay)) {
			out.Hours = append(out.Hours, all.Hours[i])
		}
	}
	if len(all.Hours) > 0 && len(out.Hours) > 0 && all.Hours[0].Start.Equal(out.Hours[0].Start) {
		out.Rejected = all.Rejected // which are told of the whole answer
	}
	return out
}

// finalHours returns how many of the first hours of a day are final.
func finalHours(day time.Time, hours []mix.Hour) int {
	n := 0
	for n < len(hours) && hours[n].Final && hours[n].Start.Equal(day.Add(time.Duration(n)*time.Hour)) {
		n++
	}
	return n
}

// mergedHours returns the hours of two answers: of one that both have, the newer
// answer's, unless the older is final.
func mergedHours(newer mix.Answer, older cache.Entry[mix.Answer]) mix.Answer {
	out := mix.Answer{Hours: slices.Clone(older.Value.Hours), Rejected: max(newer.Rejected, older.Value.Rejected)} // of hours asked for again they are the same
	for _, h := range newer.Hours {
		i, known := findHour(out.Hours, h.Start)
		switch {
		case !known:
			out.Hours = slices.Insert(out.Hours, i, h)
		case !out.Hours[i].Final:
			out.Hours[i] = h
		}
	}
	return out
}

// downtime remembers who did not answer a moment ago, so that a server does not ask
// again for every page that somebody looks at. Its zero value remembers nobody.
type downtime struct {
	mu   sync.Mutex
	down map[string]failed
}

type failed struct {
	at  time.Time
	err error
}

// rest is how long a source that failed is left alone.
const rest = 5 * time.Minute

// guard returns what ask does, or why it failed a moment ago.
func (d *downtime) guard(who string, now time.Time, ask func() (mix.Answer, error)) (mix.Answer, error) {
	d.mu.Lock()
	last, ok := d.down[who]
	d.mu.Unlock()
	if ok && now.Sub(last.at) < rest {
		return mix.Answer{}, last.err
	}
	a, err := ask()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.down, who)
	if err != nil && !errors.Is(err, context.Canceled) && fault.KindOf(err) != fault.Offline {
		if d.down == nil {
			d.down = map[string]failed{}
		}
		d.down[who] = failed{now, err}
	}
	return a, err
}

// Intensities are the kinds of grid intensity that carbon may be counted by.
var Intensities = []string{lifecycle, direct}

const (
	lifecycle = "lifecycle" // over the life of power plants
	direct    = "direct"    // of what they burned
)

// intensities returns what g says of its hours, of one of Intensities; not a number
// where it does not.
func (g *gridHours) intensities(kind string) []footprint.Range {
	all := make([]footprint.Range, len(g.hours))
	for i := range g.hours {
		h := &g.hours[i]
		all[i] = footprint.Exactly(footprint.Missing)
		switch {
		case kind == direct && h.Direct != nil:
			all[i] = footprint.Exactly(float64(*h.Direct))
		case kind != direct && h.Lifecycle != nil:
			all[i] = footprint.Exactly(float64(*h.Lifecycle))
			if f, ok := factor.OfMix(h.Mix); ok { // by which the source was read
				all[i].Low, all[i].High = min(all[i].Value, f.Low), max(all[i].Value, f.High)
			}
		}
	}
	return all
}

// intensity returns what the grid emits in an hour, and which hour of s.live says so,
// below zero for the yearly mean.
func (s *site) intensity(start time.Time) (r footprint.Range, hour int, known bool) {
	if i, ok := s.live.find(start); ok && !math.IsNaN(s.hourly[i].Value) {
		return s.hourly[i], i, true
	}
	return ranged(s.grid), -1, s.kind != direct && s.grid.Value > 0
}

// used says what the hours of a window were counted by.
type used struct {
	hourly, yearly, unknown float64 // hours
	estimated               float64 // of hourly
	mean                    footprint.Range
	least, most             float64 // of an hour
}

// used returns what the hours of w, up to now, are counted by.
func (s *site) used(w window.Window, now time.Time) used {
	var u used
	if w.End.After(now) {
		w.End = now
	}
	for at := w.Start.UTC().Truncate(time.Hour); at.Before(w.End); at = at.Add(time.Hour) {
		part := w.Overlap(at, at.Add(time.Hour)).Hours()
		r, hour, known := s.intensity(at)
		switch {
		case !known:
			u.unknown += part
		case hour < 0:
			u.yearly += part
		default:
			if u.hourly == 0 {
				u.least, u.most = r.Value, r.Value
			}
			u.hourly += part
			if s.live.hours[hour].Estimated {
				u.estimated += part
			}
			u.least, u.most = min(u.least, r.Value), max(u.most, r.Value)
			u.mean.Value += r.Value * part
			u.mean.Low += r.Low * part
			u.mean.High += r.High * part
		}
	}
	if u.hourly > 0 {
		u.mean = u.mean.Times(footprint.Exactly(1 / u.hourly))
	}
	return u
}

// gridProvenance says by what the grid's intensity was counted.
func (b *book) gridProvenance() []report.Provenance {
	s, u := b.site, b.used
	var out []report.Provenance
	all := u.hourly + u.yearly + u.unknown
	if u.hourly > 0 {
		f := factor.Factor{Value: u.mean.Value, Low: u.mean.Low, High: u.mean.High}
		out = append(out, report.Provenance{
			Fields: []string{"carbonGrams"}, Cluster: b.l.cluster.Name, Method: report.Estimated, Source: s.live.source, Note: s.hourlyNote(u, all),
			Factor: said(s.hourlyName(), f, gridUnit),
		})
	}
	if u.yearly > 0 || all == 0 {
		note := s.grid.Note
		if u.hourly > 0 {
			note = strings.TrimPrefix(note+fmt.Sprintf("; for %.4g of %.4g hours", u.yearly, all), "; ")
		}
		out = append(out, report.Provenance{
			Fields: []string{"carbonGrams"}, Cluster: b.l.cluster.Name, Method: report.Estimated, Source: s.grid.Source, Note: note,
			Factor: said("grid intensity of "+cmp.Or(s.zone, "the world"), s.grid, gridUnit),
		})
	}
	return out
}

const gridUnit = "gCO2e/kWh"

func (s *site) hourlyName() string {
	name := "grid intensity of " + s.liveZone + " by the hour"
	if s.kind == direct {
		return direct + " " + name
	}
	return name
}

// hourlyNote says what else there is to know of the hours of u.
func (s *site) hourlyNote(u used, all float64) string {
	notes := []string{fmt.Sprintf("%.4g of %.4g hours, from %.4g to %.4g %s", u.hourly, all, u.least, u.most, gridUnit)}
	h := &s.live.hours[0]
	if s.kind != direct && h.Mix != nil {
		notes = append(notes, computedFromMix)
	}
	notes = append(notes, fmt.Sprintf("of what is %s there", map[mix.Basis]string{mix.Production: "generated", mix.Consumption: "consumed"}[h.Basis]))
	if u.estimated > 0 {
		notes = append(notes, "the source estimated "+amountOf(u.estimated, "hour"))
	}
	if s.live.terms != "" {
		notes = append(notes, s.live.terms)
	}
	return strings.Join(notes, "; ")
}

// warnAboutGrid says what of the grid's intensity is not as it might be.
func (b *book) warnAboutGrid() {
	s, u := b.site, b.used
	for _, n := range s.live.notes {
		if u.yearly > 0 {
			n += ": the yearly mean stands in"
		}
		b.warn(report.Note, "%s", n)
	}
	if u.unknown > 0 && s.kind == direct {
		b.warn(report.Missing, "the direct intensity of the grid of %s is not known for %s: the yearly tables are of the life of power plants", cmp.Or(s.liveZone, "the world"), amountOf(u.unknown, "hour"))
	}
}
