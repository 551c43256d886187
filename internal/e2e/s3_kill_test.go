//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/s3"
)

func isMissing(err error) bool { return errors.Is(err, cache.ErrMissing) }

// uniform is a blob that is all one letter, so that a mixture shows.
func uniform(round, size int) []byte { return bytes.Repeat([]byte{byte('a' + round%26)}, size) }

const killRounds, killEntries = 10, 8

func TestAMinIOKilledWhileItWritesLeavesEveryEntryWhole(t *testing.T) {
	m := minio(t)
	s := inBucket(t, m, "shared/team", s3.Options{})
	for i := range killEntries {
		_, err := s.Put(t.Context(), fmt.Sprintf("e/%d", i), uniform(0, 200<<10))
		require.NoError(t, err)
	}
	failed := 0
	for round := range killRounds {
		s = inBucket(t, m, "shared/team", s3.Options{})
		ctx, stop := context.WithCancel(t.Context())
		var writers sync.WaitGroup
		errs := make([]error, killEntries)
		for i := range killEntries {
			writers.Go(func() {
				for n := 0; ctx.Err() == nil && errs[i] == nil; n++ {
					_, errs[i] = s.Put(ctx, fmt.Sprintf("e/%d", i), uniform(round+n, 200<<10))
				}
			})
		}
		time.Sleep(time.Duration(20+rand.IntN(200)) * time.Millisecond)
		require.NoError(t, m.Kill())
		stop()
		writers.Wait()
		if errors.Join(errs...) != nil {
			failed++
		}
		require.NoError(t, m.Restart(t.Context()))
		s = inBucket(t, m, "shared/team", s3.Options{})
		for i := range killEntries {
			data, info, err := cache.ReadBlob(t.Context(), s, fmt.Sprintf("e/%d", i))
			require.NoError(t, err)
			require.EqualValues(t, 200<<10, info.Size)
			require.Equal(t, len(data), bytes.Count(data, data[:1]), "a mixture of two blobs")
		}
	}
	t.Logf("%d of %d rounds had writes under way when MinIO was killed", failed, killRounds)
	require.Positive(t, failed)
}

func TestAMinIOKilledInABatchMakesAllOfItOrNothing(t *testing.T) {
	m := minio(t)
	o := s3.Options{Lease: 4 * time.Second}
	commit(t, inBucket(t, m, "shared/team", o), 0)
	made, dropped, unknown := 0, 0, 0
	before := byte('a')
	for round := 1; round <= killRounds; round++ {
		done := make(chan error, 1)
		s := inBucket(t, m, "shared/team", o) // dies with MinIO: nobody calls it again
		ctx, die := context.WithCancel(t.Context())
		go func() { done <- change(ctx, s, round) }()
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
		require.NoError(t, m.Kill())
		if round%2 == 1 { // the others go on trying, and outlast the outage
			die()
		}
		time.Sleep(300 * time.Millisecond)
		require.NoError(t, m.Restart(t.Context()))
		err := <-done
		die()
		next := inBucket(t, m, "shared/team", o)
		b, beginErr := next.Begin(t.Context()) // ends what was left
		require.NoError(t, beginErr)
		require.NoError(t, b.Close())
		got := wholly(t, next)
		switch {
		case err == nil || errors.Is(err, cache.ErrCommitted):
			require.Equal(t, uniform(round, 1)[0], got, "%v", err)
			made++
		case errors.Is(err, cache.ErrUncertain):
			require.Contains(t, []byte{before, uniform(round, 1)[0]}, got)
			unknown++
		default:
			require.Equal(t, before, got, "%v", err)
			dropped++
		}
		before = got
	}
	require.Positive(t, made)
	t.Logf("%d made, %d dropped, %d of unknown outcome", made, dropped, unknown)
}

// wholly returns the letter of all entries, which are of one batch.
func wholly(t *testing.T, s cache.Store) byte {
	t.Helper()
	var all []byte
	for i := range killEntries {
		data, _, err := cache.ReadBlob(t.Context(), s, fmt.Sprintf("b/%d", i))
		require.NoError(t, err)
		require.Len(t, data, 64<<10)
		all = append(all, data...)
	}
	require.Equal(t, len(all), bytes.Count(all, all[:1]), "a part of a batch was made")
	return all[0]
}

func commit(t *testing.T, s cache.Store, round int) {
	t.Helper()
	require.NoError(t, change(t.Context(), s, round))
}

// change stores all entries of a round in one batch.
func change(ctx context.Context, s cache.Store, round int) error {
	b, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	for i := range killEntries {
		if err := b.Put(ctx, fmt.Sprintf("b/%d", i), uniform(round, 64<<10)); err != nil {
			return err
		}
	}
	return b.Commit(ctx)
}
