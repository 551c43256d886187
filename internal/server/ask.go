package server

import (
	"bytes"
	"context"
	"strconv"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

// question is asked of pkg/fred: it returns a body and, as a report has it, its
// version.
type question func(context.Context) (v any, version string, err error)

// answer returns the rendered answer to ask, which route, q and place tell apart
// from every other question. Those who ask the same at a time share one answer.
func (s *Server) answer(ctx context.Context, route string, q fred.Query, place []string, ask question) (*answer, error) {
	k := key(route, q, place)
	if q.Refresh || q.MaxAge != nil {
		return s.render(ctx, route, k, s.answers.begin(), ask)
	}
	if a := s.answers.leased(k); a != nil {
		return a, nil
	}
	began := s.answers.begin()
	done := s.asking.DoChan(strconv.FormatUint(began.turn, 36)+" "+k, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Timeout)
		defer cancel()
		return s.render(ctx, route, k, began, ask)
	})
	select {
	case <-ctx.Done():
		return nil, s.failure(route, ctx.Err())
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*answer), nil
	}
}

// render asks, and renders what comes back unless the same has been rendered
// before. It fails with a *failure, also where ask panics.
func (s *Server) render(ctx context.Context, route, k string, began check, ask question) (a *answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.logPanic(route, p)
			a, err = nil, internal()
		}
	}()
	v, version, err := ask(ctx)
	if err != nil && Status(fault.KindOf(err)) >= 400 {
		return nil, s.failure(route, err)
	}
	if a := s.answers.get(k, version, began); a != nil {
		return a, nil
	}
	var b bytes.Buffer
	if err := report.JSON(&b, v); err != nil {
		return nil, s.failure(route, err)
	}
	a = newAnswer(jsonType, b.Bytes())
	s.answers.put(k, version, a, began)
	return a, nil
}

// failure returns what err is over HTTP, and logs what is fred's own fault.
func (s *Server) failure(route string, err error) *failure {
	if fault.KindOf(err) == fault.Internal {
		s.log.Error("answer a request", "route", route, "err", err)
	}
	return failureOf(err)
}
