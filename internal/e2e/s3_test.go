//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/cachetest"
	"github.com/fredctl/fred/pkg/cache/layer"
	"github.com/fredctl/fred/pkg/cache/s3"
)

// minio starts a server of the test's own.
func minio(t *testing.T) *rig.MinIO {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", rig.S3User)
	t.Setenv("AWS_SECRET_ACCESS_KEY", rig.S3Password)
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	dir, err := os.MkdirTemp("", "fred-minio-") // its names may be too long for t.TempDir
	require.NoError(t, err)
	m, err := rig.StartMinIO(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, m.Close())
		require.NoError(t, os.RemoveAll(dir))
	})
	makeBucket(t, m, "shared")
	return m
}

func makeBucket(t *testing.T, m *rig.MinIO, name string) {
	t.Helper()
	_, err := m.Client.CreateBucket(t.Context(), &sdk.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
}

// place is the URL of a cache in m.
func place(m *rig.MinIO, path string) string {
	return "s3://" + path + "?endpoint=" + url.QueryEscape(m.Endpoint)
}

// inBucket returns a Store as a process of its own would have it.
func inBucket(t *testing.T, m *rig.MinIO, path string, o s3.Options) *s3.Store {
	t.Helper()
	l, err := s3.Parse(place(m, path))
	require.NoError(t, err)
	s, err := s3.New(t.Context(), l, o)
	require.NoError(t, err)
	return s
}

func TestS3KeepsThePromisesOfAStore(t *testing.T) {
	m := minio(t)
	n := 0
	fresh := func(t *testing.T) *s3.Store {
		n++
		return inBucket(t, m, fmt.Sprintf("shared/%d/team", n), s3.Options{})
	}
	t.Run("bare", func(t *testing.T) {
		cachetest.Store(t, func(t *testing.T) cache.Store { return fresh(t) })
	})
	t.Run("with copies", func(t *testing.T) {
		cachetest.Store(t, func(t *testing.T) cache.Store { return layer.New(fresh(t), t.TempDir(), layer.Options{}) })
	})
	t.Run("in a whole bucket", func(t *testing.T) {
		buckets := 0
		cachetest.Store(t, func(t *testing.T) cache.Store {
			buckets++
			makeBucket(t, m, fmt.Sprintf("bucket-%d", buckets))
			return inBucket(t, m, fmt.Sprintf("bucket-%d", buckets), s3.Options{})
		})
	})
}

// putAll stores objects of a foreign hand.
func putAll(t *testing.T, c *sdk.Client, keys []string) {
	t.Helper()
	var puts errgroup.Group
	puts.SetLimit(16)
	for _, key := range keys {
		puts.Go(func() error {
			_, err := c.PutObject(t.Context(), &sdk.PutObjectInput{
				Bucket: aws.String("shared"), Key: &key, Body: strings.NewReader("foreign " + key),
			})
			return err
		})
	}
	require.NoError(t, puts.Wait())
}

// everything returns all keys of a bucket with their entity tags and times.
func everything(t *testing.T, c *sdk.Client) map[string]string {
	t.Helper()
	all := map[string]string{}
	pages := sdk.NewListObjectsV2Paginator(c, &sdk.ListObjectsV2Input{Bucket: aws.String("shared")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, o := range page.Contents {
			all[*o.Key] = *o.ETag + " " + o.LastModified.String()
		}
	}
	return all
}

func TestForeignObjectsInABucketAreNeitherSeenNorTouched(t *testing.T) {
	m := minio(t)
	foreign := []string{
		"team.jsonl", "team2/a.jsonl", "teamx", "team-/a.jsonl", "other/team/a.jsonl", // beside the prefix
		"team/README", "team/A b%2F+é.jsonl", "team/.git/config", "team/.fred/notes", "team/.fred/batch-mine/1", // below it
		"team/.fred/batch-aaaaaaaaaaaaaaaaaaaaaaaaaa/notes", "team/a/.hidden", "team/.fred0/x",
	}
	for i := range 2500 {
		foreign = append(foreign, fmt.Sprintf("team2/%04d.jsonl", i), fmt.Sprintf("team/Foreign/%04d", i))
	}
	putAll(t, m.Client, foreign)
	before := everything(t, m.Client)
	require.True(t, len(before) == len(foreign), "%d foreign objects", len(before)) //nolint:testifylint // the message would hold all of them

	g := newBadLine(t, m)
	s := g.store(t, s3.Options{})
	list := func() (names []string) {
		for info, err := range s.List(t.Context(), "") {
			require.NoError(t, err)
			names = append(names, info.Name)
		}
		return names
	}
	require.Empty(t, list())
	asked := g.requests()
	require.LessOrEqual(t, len(asked), 5, "a page for a thousand objects below the prefix, one more for fred's own, one look: %v", asked)
	_, err := s.Put(t.Context(), "a/b.jsonl", []byte("mine"))
	require.NoError(t, err)
	b, err := s.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), "zz/c.jsonl", []byte("mine")))
	require.NoError(t, b.Delete(t.Context(), "a/b.jsonl"))
	require.Empty(t, without(list(), "a/b.jsonl"), "what is staged is not listed")
	require.NoError(t, b.Commit(t.Context()))
	require.NoError(t, b.Close())
	require.Equal(t, []string{"zz/c.jsonl"}, list())
	require.NoError(t, s.Delete(t.Context(), "zz/c.jsonl"))

	left := everything(t, m.Client)
	delete(left, "team/.fred/lock")
	require.True(t, maps.Equal(before, left), "something foreign was touched")
}

func without(names []string, name string) (rest []string) {
	for _, n := range names {
		if n != name {
			rest = append(rest, n)
		}
	}
	return rest
}

func TestAListGoesOnAfterAThousandObjects(t *testing.T) {
	m := minio(t)
	var keys, want []string
	for i := range 2300 {
		want = append(want, fmt.Sprintf("a/%05d.jsonl", i))
		keys = append(keys, "team/"+want[i])
	}
	for i := range 1200 { // a page and more of what a batch staged
		keys = append(keys, fmt.Sprintf("team/.fred/batch-aaaaaaaaaaaaaaaaaaaaaaaaaa/%d", i+1))
	}
	putAll(t, m.Client, keys)
	s := inBucket(t, m, "shared/team", s3.Options{})
	var got []string
	for info, err := range s.List(t.Context(), "") {
		require.NoError(t, err)
		got = append(got, info.Name)
	}
	require.Equal(t, want, got)
	b, err := s.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Close())
	require.True(t, len(everything(t, m.Client)) == len(want)+1, "what a dead batch staged is swept") //nolint:testifylint // the message would hold all of them
}

func TestOfManyWhoAddToOneEntryNobodyIsLost(t *testing.T) {
	m := minio(t)
	const writers, each = 4, 6
	var all sync.WaitGroup
	for i := range writers {
		s := inBucket(t, m, "shared/team", s3.Options{}) // each its own, as processes have
		all.Go(func() {
			for j := range each {
				if err := add(t.Context(), s, fmt.Sprintf("%d-%d\n", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	data, _, err := cache.ReadBlob(t.Context(), inBucket(t, m, "shared/team", s3.Options{}), "facts.jsonl")
	require.NoError(t, err)
	for i := range writers {
		for j := range each {
			require.Contains(t, string(data), fmt.Sprintf("%d-%d\n", i, j))
		}
	}
}

// add reads, changes and writes, as whoever writes a fact does.
func add(ctx context.Context, s cache.Store, line string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	b, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	data, _, err := cache.ReadBlob(ctx, s, "facts.jsonl")
	if err != nil && !isMissing(err) {
		return err
	}
	if err := b.Put(ctx, "facts.jsonl", data, []byte(line)); err != nil {
		return err
	}
	return b.Commit(ctx)
}
