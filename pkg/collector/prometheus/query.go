package prometheus

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

// hours is a series of figures by hour.
type hours struct {
	labels model.Metric
	first  int // the hour that values begin with
	values []float64
}

// longest and longestByPod are how many hours one question is about: far fewer than
// the 11,000 points that Prometheus answers with, so that answers stay small and come
// side by side.
const (
	longest      = 14 * 24
	longestByPod = 7 * 24
)

// sideBySide is how many questions are asked at a time.
const sideBySide = 2

// hourly asks for the figures of the hours from start up to end: expr is what to
// ask about the time d before each hour's end. An hour that is not over is asked
// about as far as it goes.
func (r *reader) hourly(ctx context.Context, start, end time.Time, expr func(d string) string) ([]hours, error) {
	whole := end.Truncate(time.Hour)
	var mu sync.Mutex
	var all []hours
	keep := func(got []hours) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, got...)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sideBySide)
	chunk := longest * time.Hour
	if r.ask.Grain == footprint.ByPod {
		chunk = longestByPod * time.Hour
	}
	for at := start; at.Before(whole); at = at.Add(chunk) {
		until := earlier(at.Add(chunk), whole)
		g.Go(func() error {
			got, err := r.hoursOf(ctx, at, until, expr("1h"))
			keep(got)
			return err
		})
	}
	if open := end.Sub(whole); open >= time.Second && !whole.Before(start) {
		g.Go(func() error {
			got, err := r.instant(ctx, expr(seconds(open)), end)
			for _, s := range got {
				keep([]hours{{s.Metric, r.out.hour(whole), []float64{float64(s.Value)}}})
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b hours) int { // in one order: sums of floats depend on it
		if a.first != b.first {
			return a.first - b.first
		}
		return strings.Compare(a.labels.String(), b.labels.String())
	})
	return all, nil
}

// hoursOf asks about whole hours, each at its end. A question that is too big for the
// server is asked by halves.
func (r *reader) hoursOf(ctx context.Context, start, end time.Time, query string) ([]hours, error) {
	all, err := r.ranged(ctx, start, end, query)
	n := end.Sub(start) / time.Hour
	if err == nil || n < 2 || !strings.Contains(err.Error(), "too many samples") {
		return all, err
	}
	middle := start.Add(n / 2 * time.Hour)
	if all, err = r.hoursOf(ctx, start, middle, query); err != nil {
		return nil, err
	}
	rest, err := r.hoursOf(ctx, middle, end, query)
	return append(all, rest...), err
}

// ranged asks about whole hours at once.
func (r *reader) ranged(ctx context.Context, start, end time.Time, query string) ([]hours, error) {
	value, warnings, _, err := r.api.QueryRange(ctx, query, v1.Range{Start: start.Add(time.Hour), End: end, Step: time.Hour})
	if err != nil {
		return nil, r.fault(err)
	}
	r.heed(warnings)
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, fault.New(fault.BadAnswer, "%s answered with a %s where a matrix was asked for", r.name(), value.Type())
	}
	first, n := r.out.hour(start), int(end.Sub(start)/time.Hour)
	all := make([]hours, 0, len(matrix))
	for _, s := range matrix {
		h := hours{s.Metric, first, make([]float64, n)}
		for i := range h.values {
			h.values[i] = math.NaN()
		}
		for _, p := range s.Values {
			if i := int(p.Timestamp.Time().Sub(start)/time.Hour) - 1; i >= 0 && i < n {
				h.values[i] = float64(p.Value)
			}
		}
		all = append(all, h)
	}
	return all, nil
}

// instant asks for a vector.
func (r *reader) instant(ctx context.Context, query string, at time.Time) (model.Vector, error) {
	value, warnings, _, err := r.api.Query(ctx, query, at)
	if err != nil {
		return nil, r.fault(err)
	}
	r.heed(warnings)
	vector, ok := value.(model.Vector)
	if !ok {
		return nil, fault.New(fault.BadAnswer, "%s answered with a %s where a vector was asked for", r.name(), value.Type())
	}
	return vector, nil
}

// samples asks for raw samples.
func (r *reader) samples(ctx context.Context, query string, at time.Time) (model.Matrix, error) {
	value, warnings, _, err := r.api.Query(ctx, query, at)
	if err != nil {
		return nil, r.fault(err)
	}
	r.heed(warnings)
	matrix, ok := value.(model.Matrix)
	if !ok {
		return nil, fault.New(fault.BadAnswer, "%s answered with a %s where samples were asked for", r.name(), value.Type())
	}
	return matrix, nil
}

// values returns the values that a label of a selector has about a segment, in order;
// also of what is silent just then.
func (r *reader) values(ctx context.Context, s segment, selector string, label model.LabelName) ([]string, error) {
	got, err := r.hourly(ctx, s.start.Add(-longestGap), earlier(s.end.Add(longestGap), r.ask.Now), func(d string) string {
		return fmt.Sprintf("group by (%s) (last_over_time(%s[%s]))", label, r.selector(selector), d)
	})
	seen := map[string]bool{}
	for _, v := range got {
		seen[string(v.labels[label])] = true
	}
	return slices.Sorted(maps.Keys(seen)), err
}

// scrape returns how far samples of nodes are apart in a segment.
func (r *reader) scrape(ctx context.Context, s segment) (time.Duration, error) {
	return r.apart(ctx, s.family.presence, s.start, s.end)
}

// apart returns how far samples of a selector are apart; a minute where there are none.
func (r *reader) apart(ctx context.Context, selector string, start, end time.Time) (time.Duration, error) {
	for at := end; at.After(start); at = at.Add(-6 * time.Hour) { // the last hour may hold too few
		some, err := r.instant(ctx, fmt.Sprintf("topk(3, count_over_time(%s[2h]))", r.selector(selector)), at)
		if err != nil {
			return 0, err
		}
		var apart []time.Duration
		for _, series := range some {
			got, err := r.samples(ctx, r.selector(only(selector, series.Metric))+"[2h]", at)
			if err != nil {
				return 0, err
			}
			apart = append(apart, distances(got)...)
		}
		if len(apart) > 0 {
			slices.Sort(apart)
			return max(time.Second, apart[len(apart)/2].Round(time.Second)), nil
		}
	}
	return time.Minute, nil
}

// only returns a selector of the one series of a metric that has labels m.
func only(selector string, m model.Metric) string {
	name, _, _ := strings.Cut(selector, "{")
	var matchers []string
	for label, value := range m {
		if label != model.MetricNameLabel {
			matchers = append(matchers, fmt.Sprintf("%s=%q", label, string(value)))
		}
	}
	slices.Sort(matchers)
	return name + "{" + strings.Join(matchers, ",") + "}"
}

// distances are how far samples are apart.
func distances(m model.Matrix) (apart []time.Duration) {
	for _, series := range m {
		for i := 1; i < len(series.Values); i++ {
			apart = append(apart, series.Values[i].Timestamp.Sub(series.Values[i-1].Timestamp))
		}
	}
	return apart
}

// coverage notes what share of each hour samples of nodes cover.
func (r *reader) coverage(ctx context.Context, s segment, scrape time.Duration) error {
	got, err := r.hourly(ctx, s.start, s.end, func(d string) string {
		return fmt.Sprintf("avg(max by (%s) (count_over_time(%s[%s])))", joined(s.family.node), r.selector(s.family.presence), d)
	})
	for _, series := range got {
		for i, v := range series.values {
			if h := series.first + i; !math.IsNaN(v) {
				length := min(time.Hour, r.out.Until.Sub(r.out.Start.Add(time.Duration(h)*time.Hour)))
				r.out.Coverage[h] = min(1, math.Round(v*scrape.Seconds()/length.Seconds()*1e4)/1e4)
			}
		}
	}
	return err
}

// heed keeps what Prometheus has to say of an answer. What is not about the question
// is about what it was not answered from, such as a store that Thanos did not reach.
func (r *reader) heed(warnings v1.Warnings) {
	for _, w := range warnings {
		r.log.Warn("prometheus", "says", w)
		if strings.HasPrefix(w, "PromQL ") {
			r.out.note(r.name() + " says: " + w)
		} else {
			r.out.partial(r.name() + " answers in part: " + w)
		}
	}
}
