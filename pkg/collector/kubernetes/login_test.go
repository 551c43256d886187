package kubernetes

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// way is a transport that does as it is told.
type way func(*http.Request) (*http.Response, error)

func (w way) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func ask(ctx context.Context, l *login) error {
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.example", http.NoBody)
	res, err := l.RoundTrip(r)
	if err == nil {
		_ = res.Body.Close()
	}
	return err
}

func TestALoginThatFailsFailsForAllThatWaitForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		works := false
		l := &login{turn: make(chan struct{}, 1), base: way(func(*http.Request) (*http.Response, error) {
			asked.Add(1)
			time.Sleep(time.Second)
			if works {
				return &http.Response{Body: http.NoBody}, nil
			}
			return nil, errors.New("getting credentials: exec: executable login failed with exit code 1")
		})}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() { require.ErrorContains(t, ask(t.Context(), l), "exit code 1") })
		}
		wg.Wait()
		require.EqualValues(t, 1, asked.Load(), "five requests, one login")
		time.Sleep(time.Second)
		works = true
		require.NoError(t, ask(t.Context(), l), "a later request logs in anew")
		began := time.Now()
		for range 5 {
			wg.Go(func() { require.NoError(t, ask(t.Context(), l)) })
		}
		wg.Wait()
		require.Equal(t, time.Second, time.Since(began), "who is in waits for nobody")
	})
}

func TestALoginIsNotWaitedForLongerThanARequestMayTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &login{turn: make(chan struct{}, 1), base: way(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Hour)
			return &http.Response{Body: http.NoBody}, nil
		})}
		var wg sync.WaitGroup
		began := time.Now()
		for range 3 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				err := ask(ctx, l)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorContains(t, err, "wait for this context's login")
			})
		}
		wg.Wait()
		require.Equal(t, 2*time.Second, time.Since(began))
		time.Sleep(2 * time.Hour) // the login ends, when nobody waits for it
	})
}
