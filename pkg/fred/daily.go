package fred

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/window"
)

const aDay = 24 * time.Hour

// daily is what a source says of the hours of a window: each day (UTC) is an entry of
// the cache. A day whose hours are all final is asked for once, of others the hours
// that are not.
type daily[T any] struct {
	*Fred
	now time.Time
	// deadline is when what is still asked for is given up; zero for never. What is
	// cached is served all the same.
	deadline time.Time
	request  cache.Request // of every day, but for its key
	key      func(day time.Time) cache.Key
	// ask returns what the source says of hours from start up to end.
	ask func(ctx context.Context, start, end time.Time) (T, error)
	// day returns the part of what the source said that is of one day.
	day func(all T, day time.Time) T
	// over returns newer with what it lacks of what is cached.
	over func(newer T, older cache.Entry[T]) T
	// final returns how many of the first hours of a day are final in what is cached.
	final func(day time.Time, e cache.Entry[T]) int
	// expires returns when what was read of a day is to be read again; zero for never.
	expires func(day time.Time, value T) time.Time
	// longest is how many days one question is about; any number where it is 0.
	longest int
	days    []*day[T]
}

// day is one day of a window.
type day[T any] struct {
	start time.Time
	run   *run[T] // where it has to be asked for
	final int     // hours of it that are cached for good
	entry cache.Entry[T]
	err   error
}

// run is a stretch of days that one question answers.
type run[T any] struct {
	first, last *day[T]
	days        int
	once        sync.Once
	value       T
	err         error
}

// have reads the days of w that are cached and asks for what is missing of them, as
// far as they have begun. What could not be had is told by the days.
func (s *daily[T]) have(ctx context.Context, w window.Window) error {
	end := w.End
	if end.After(s.now) {
		end = s.now
	}
	for at := w.Start.UTC().Truncate(aDay); at.Before(end); at = at.Add(aDay) {
		s.days = append(s.days, &day[T]{start: at})
	}
	if err := s.recall(ctx); err != nil {
		return err
	}
	s.plan()
	return s.fetch(ctx)
}

// recall reads the days that are cached, a few at a time.
func (s *daily[T]) recall(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, d := range s.days {
		g.Go(func() error {
			d.entry, d.err = cache.Read[T](ctx, s.Cache, s.key(d.start))
			return ctx.Err()
		})
	}
	return g.Wait()
}

// plan finds out which days have to be asked for, and puts those that follow on
// each other into one run.
func (s *daily[T]) plan() {
	var last *run[T]
	for _, d := range s.days {
		header, ours := d.entry.Header, d.err == nil && !s.foreign(d.entry.Header)
		closed := header.ExpiresAt.IsZero()
		if ours && !s.request.Refresh {
			d.final = s.final(d.start, d.entry)
		}
		if ours && d.entry.State == cache.Fresh && !s.request.Refresh && (closed || !s.tooOld(header)) {
			last = nil
			continue
		}
		if last == nil || last.days == s.longest {
			last = &run[T]{first: d}
		}
		last.last, d.run = d, last
		last.days++
	}
}

func (s *daily[T]) tooOld(header cache.Header) bool {
	return s.request.MaxAge != nil && s.now.Sub(header.CollectedAt) > *s.request.MaxAge
}

// foreign reports whether an entry is of another cluster of the same name.
func (s *daily[T]) foreign(header cache.Header) bool {
	uid := header.ClusterUID
	return uid != "" && uid != s.request.ClusterUID
}

// fetch asks for the days that have to be asked for, a few at a time. Where the deadline
// passes, its error is that.
func (s *daily[T]) fetch(ctx context.Context) error {
	if !s.deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, s.deadline)
		defer cancel()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, d := range s.days {
		if d.run == nil {
			continue
		}
		g.Go(func() error {
			request := s.request
			request.Key = s.key(d.start)
			got, err := cache.Fetch(ctx, s.Cache, request, func(ctx context.Context) (cache.Collected[T], error) {
				return s.collect(ctx, d)
			})
			if errors.Is(err, context.DeadlineExceeded) && d.err == nil && !s.foreign(d.entry.Header) && !s.tooOld(d.entry.Header) {
				d.entry.State, d.entry.Cause = cache.Stale, err // what it had before it was asked for
				return ctx.Err()
			}
			d.entry, d.err = got, err
			return ctx.Err()
		})
	}
	return g.Wait()
}

// collect returns a day from what its run brings, over what is cached of it.
func (s *daily[T]) collect(ctx context.Context, d *day[T]) (cache.Collected[T], error) {
	r := d.run
	r.once.Do(func() { r.value, r.err = s.read(ctx, r) })
	if r.err != nil {
		return cache.Collected[T]{}, r.err
	}
	value := s.day(r.value, d.start)
	if older, err := cache.Read[T](ctx, s.Cache, s.key(d.start)); err == nil && !s.foreign(older.Header) {
		value = s.over(value, older)
	}
	c := collected(s.Fred, value, s.request.ClusterUID)
	c.CollectedAt, c.ExpiresAt = s.now, s.expires(d.start, value)
	return c, nil
}

// read asks the source about a run, up to the end of this hour.
func (s *daily[T]) read(ctx context.Context, r *run[T]) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	end := r.last.start.Add(aDay)
	if ceiling := s.now.Add(time.Hour - 1).Truncate(time.Hour); end.After(ceiling) {
		end = ceiling
	}
	return s.ask(ctx, r.first.start.Add(time.Duration(r.first.final)*time.Hour), end)
}

// gaps says how many days could not be had, and why.
func (s *daily[T]) gaps() (missing int, why error) {
	for _, d := range s.days {
		if d.err != nil {
			missing++
			why = d.err
		}
	}
	return missing, why
}
