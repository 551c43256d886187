package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/cache"
)

// record is what a batch changes.
type record struct {
	Put    map[string]int `json:"put,omitempty"`    // name: number of its object
	Delete []string       `json:"delete,omitempty"` // names
}

// record writes down what the batch changes.
func (b *staging) record(ctx context.Context) error {
	data, err := json.Marshal(record{Put: b.staged, Delete: slices.Sorted(maps.Keys(b.gone))})
	if err != nil {
		return err
	}
	_, err = b.s.put(ctx, private+b.id+"/"+recordName, data, nil)
	return err
}

// finish makes the changes of a committed batch, or makes them again.
func (s *Store) finish(ctx context.Context, l *lease, batch string) error {
	r, err := s.recordOf(ctx, batch)
	if err != nil {
		return err
	}
	changes, ctx := errgroup.WithContext(ctx)
	changes.SetLimit(parallel)
	for name, n := range r.Put {
		changes.Go(func() error {
			return s.finishOne(ctx, l, name, func() error { return s.move(ctx, stagedAs(batch, n), name) })
		})
	}
	for _, name := range r.Delete {
		changes.Go(func() error { return s.finishOne(ctx, l, name, func() error { return s.remove(ctx, name) }) })
	}
	return changes.Wait()
}

// recordOf reads the record of a committed batch.
func (s *Store) recordOf(ctx context.Context, batch string) (record, error) {
	var r record
	out, cancel, err := s.get(ctx, private+batch+"/"+recordName, func(*s3.GetObjectInput) {})
	if codeOf(err) == "NoSuchKey" {
		s.log.Warn("the record of a batch of changes was deleted by another hand", "batch", batch)
		return r, nil // nothing can be made of it any more, and the lock must not stay held
	}
	if err != nil {
		return r, err
	}
	defer cancel()
	defer out.Body.Close()
	var data bytes.Buffer
	if _, err := data.ReadFrom(out.Body); err != nil {
		return r, err
	}
	if err := json.Unmarshal(data.Bytes(), &r); err != nil {
		return r, odd("the record of a batch at %s cannot be read: %w", s.Location, err)
	}
	return r, nil
}

// finishOne makes one change, as long as nobody else may be making it.
func (s *Store) finishOne(ctx context.Context, l *lease, name string, change func() error) error {
	if err := cache.CheckName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !l.alive() {
		return odd("the lock of the cache at %s was not renewed in time", s.Location)
	}
	return change()
}

// move copies a staged object to its place.
func (s *Store) move(ctx context.Context, staged, name string) error {
	ctx, cancel := context.WithTimeout(ctx, timeFor(cache.MaxBlob))
	defer cancel()
	from := url.URL{Path: s.Bucket + "/" + *s.key(staged)}
	err := twice(ctx, func() error {
		_, err := s.client.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: &s.Bucket, Key: s.key(name), CopySource: aws.String(from.EscapedPath()),
		})
		return err
	})
	if codeOf(err) == "NoSuchKey" {
		s.log.Warn("what a batch staged was deleted by another hand", "name", name)
		return nil
	}
	return err
}

// drop deletes what the batch staged.
func (b *staging) drop(ctx context.Context) error {
	if b.count == 0 {
		return nil
	}
	deletes, ctx := errgroup.WithContext(ctx)
	deletes.SetLimit(parallel)
	deletes.Go(func() error { return b.s.remove(ctx, private+b.id+"/"+recordName) })
	for n := 1; n <= b.count; n++ {
		deletes.Go(func() error { return b.s.remove(ctx, stagedAs(b.id, n)) })
	}
	return deletes.Wait()
}
