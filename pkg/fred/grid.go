package fred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	hours  []mix.Hour // of the window, in order
	notes  []string   // what else there is to say, one sentence each
	gaps   []string   // why a source did not tell, or not of all
	stale  bool       // some of it could not be renewed
	oldest time.Time  // when the oldest of it was read
}

// find returns which of the hours starts then.
func (g *gridHours) find(start time.Time) (int, bool) { return findHour(g.hours, start) }

func findHour(hours []mix.Hour, start time.Time) (int, bool) {
	return slices.BinarySearchFunc(hours, start, func(h mix.Hour, at time.Time) int { return h.Start.Compare(at) })
}

// gridHours returns what the first source that has an hour of w says of a grid. Why
// another could not tell is in the notes; an error is that it was interrupted. All
// sources together have as long as one cluster has.
func (f *Fred) gridHours(ctx context.Context, zone string, q Query, w window.Window) (*gridHours, error) {
	out := &gridHours{}
	deadline, late := time.Now().Add(f.Timeout), false
	for _, source := range f.Grids {
		if zone == "" || !source.Knows(zone) {
			continue
		}
		days, err := f.gridDays(ctx, deadline, source, zone, q, w)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out.take(source, days, w)
		if err != nil && !late {
			late = true // which whoever is next cannot be
			out.gap("%s did not answer in time", source.Name())
		}
		if len(out.hours) > 0 {
			break
		}
	}
	return out, nil
}

// take takes over what a source said of w, and why it did not say more.
func (g *gridHours) take(source mix.Source, days []*day[mix.Answer], w window.Window) {
	var why error
	missing, rejected := 0, 0
	var oldest time.Time
	stale := false
	for _, d := range days {
		if d.err != nil {
			why = d.err
			missing++
			continue
		}
		for _, at := range d.entry.Value.Rejected {
			if w.Overlap(at, at.Add(time.Minute)) > 0 {
				rejected++
			}
		}
		for _, h := range d.entry.Value.Hours {
			if w.Overlap(h.Start, h.Start.Add(time.Hour)) > 0 {
				g.hours = append(g.hours, h)
			}
		}
		if read := d.entry.Header.CollectedAt; !read.IsZero() && (oldest.IsZero() || read.Before(oldest)) {
			oldest = read
		}
		if d.entry.Cause != nil && !isOffline(d.entry.Cause) {
			stale = true
			why = cmp.Or(why, d.entry.Cause)
		}
	}
	if len(g.hours) > 0 {
		g.source, g.terms, g.oldest, g.stale = source.Name(), source.Terms(), oldest, stale
	}
	if rejected > 0 {
		g.note("%s: %s that cannot be true left out", source.Name(), amountOf(float64(rejected), "value"))
	}
	switch {
	case why == nil:
	case errors.Is(why, context.DeadlineExceeded):
		g.gap("%s did not answer in time", source.Name())
	case !isOffline(why):
		g.gap("%v", why)
	case len(g.hours) > 0:
		g.gap("%s of %s not cached", amountOf(float64(missing), "day"), source.Name())
	}
}

func (g *gridHours) gap(format string, args ...any) {
	if gap := fmt.Sprintf(format, args...); !slices.Contains(g.gaps, gap) {
		g.gaps = append(g.gaps, gap)
	}
}

// mixed reports whether the source tells of fuels.
func (g *gridHours) mixed() bool {
	return slices.ContainsFunc(g.hours, func(h mix.Hour) bool { return h.Mix != nil })
}

// said returns all there is to say, and that the yearly mean stands in where it does.
func (g *gridHours) said(yearly bool) []string {
	all := slices.Concat(g.gaps, g.notes)
	if n := len(g.gaps); yearly && n > 0 {
		all[n-1] += ": the yearly mean stands in"
	}
	return all
}

func (g *gridHours) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}

// gridDays returns what one source says of the days of a window.
func (f *Fred) gridDays(ctx context.Context, deadline time.Time, source mix.Source, zone string, q Query, w window.Window) ([]*day[mix.Answer], error) {
	s := daily[mix.Answer]{
		Fred: f, now: f.Now().UTC(), deadline: deadline,
		request: cache.Request{TTL: cache.Forever, Source: source.Name(), Refresh: q.Refresh, MaxAge: q.MaxAge},
		key:     func(day time.Time) cache.Key { return gridKey(zone, source.Name(), day) },
		ask: func(ctx context.Context, start, end time.Time) (mix.Answer, error) {
			asked := window.Window{Start: start, End: end}
			return f.gridDown.guard(source.Name(), zone, asked, f.Now(), func() (mix.Answer, error) {
				return source.Hours(ctx, zone, asked)
			})
		},
		day: dayOfGrid,
		over: func(newer mix.Answer, older cache.Entry[mix.Answer]) mix.Answer {
			return mergedHours(newer, older.Value, q.Refresh)
		},
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
	for _, at := range all.Rejected {
		if day.Equal(at.Truncate(aDay)) {
			out.Rejected = append(out.Rejected, at)
		}
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
// answer's. One that is final stays unless the source was asked for it again and the
// newer is final too; what the newer lacks of an hour is the older's.
func mergedHours(newer, older mix.Answer, again bool) mix.Answer {
	out := mix.Answer{Hours: slices.Clone(older.Hours), Rejected: slices.Clone(newer.Rejected)}
	for _, h := range newer.Hours {
		i, known := findHour(out.Hours, h.Start)
		switch {
		case !known:
			out.Hours = slices.Insert(out.Hours, i, h)
		case !out.Hours[i].Final || again && h.Final:
			out.Hours[i] = completed(h, &out.Hours[i])
		}
	}
	for _, at := range older.Rejected {
		told := func(o time.Time) bool { return o.Truncate(time.Hour).Equal(at.Truncate(time.Hour)) }
		if _, known := findHour(newer.Hours, at.Truncate(time.Hour)); !known && !again && !slices.ContainsFunc(newer.Rejected, told) {
			out.Rejected = append(out.Rejected, at)
		}
	}
	return out
}

// completed returns h with what it lacks and older has: one of two lists may be late.
func completed(h mix.Hour, older *mix.Hour) mix.Hour {
	if h.Mix == nil && older.Mix != nil {
		h.Mix, h.Lifecycle = older.Mix, cmp.Or(h.Lifecycle, older.Lifecycle)
	}
	h.Direct = cmp.Or(h.Direct, older.Direct)
	return h
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

// guard returns what ask does, or why it failed a moment ago: at all if the source was
// down, as to the zone if the key was not known, or else as to the same window.
func (d *downtime) guard(who, zone string, asked window.Window, now time.Time, ask func() (mix.Answer, error)) (mix.Answer, error) {
	there := who + " " + zone
	what := there + " " + asked.String()
	d.mu.Lock()
	for _, key := range []string{who, there, what} {
		if last, ok := d.down[key]; ok && now.Sub(last.at) < rest {
			d.mu.Unlock()
			return mix.Answer{}, last.err
		}
	}
	d.mu.Unlock()
	a, err := ask()
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.down, func(_ string, f failed) bool { return now.Sub(f.at) >= rest })
	kind := fault.KindOf(err)
	switch {
	case err == nil, errors.Is(err, context.Canceled), kind == fault.Offline:
		return a, err
	case kind == fault.Unreachable || kind == fault.Timeout:
		what = who
	case kind == fault.Unauthorized: // a key may be good for other zones
		what = there
	}
	if d.down == nil {
		d.down = map[string]failed{}
	}
	d.down[what] = failed{now, err}
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
	if s.kind != direct && s.live.mixed() {
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
	for _, n := range s.live.said(u.yearly > 0) {
		b.warn(report.Note, "%s", n)
	}
	b.stale = b.stale || s.live.stale
	if u.unknown > 0 && s.kind == direct {
		b.warn(report.Missing, "the direct intensity of the grid of %s is not known for %s: the yearly tables are of the life of power plants", cmp.Or(s.liveZone, "the world"), amountOf(u.unknown, "hour"))
	}
}
