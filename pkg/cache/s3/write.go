package s3

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/fredctl/fred/pkg/cache"
)

// Put implements cache.Store: S3 makes an object appear whole, or not at all.
func (s *Store) Put(ctx context.Context, name string, data ...[]byte) (cache.Info, error) {
	if err := s.ready(ctx, name); err != nil {
		return cache.Info{}, err
	}
	blob, err := joined(name, data)
	if err != nil {
		return cache.Info{}, err
	}
	out, err := s.put(ctx, name, blob, nil)
	if err != nil {
		return cache.Info{}, s.failed(ctx, "store", name, err)
	}
	at, ok := awsmiddleware.GetServerTime(out.ResultMetadata)
	if !ok {
		at = time.Now()
	}
	return cache.Info{Name: name, Size: int64(len(blob)), Version: tag(out.ETag), Modified: second(&at)}, nil
}

// joined returns one slice of all data: a request that is made again must read
// it again.
func joined(name string, data [][]byte) ([]byte, error) {
	var n int64
	for _, d := range data {
		n += int64(len(d))
	}
	switch {
	case n > cache.MaxBlob:
		return nil, fmt.Errorf("store %s: larger than %d bytes", name, cache.MaxBlob)
	case len(data) == 1:
		return data[0], nil
	}
	return bytes.Join(data, nil), nil
}

// put makes an object of data. Condition sets what must hold of the one that is there.
func (s *Store) put(ctx context.Context, name string, data []byte, condition func(*s3.PutObjectInput)) (*s3.PutObjectOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, timeFor(int64(len(data))))
	defer cancel()
	in := &s3.PutObjectInput{
		Bucket: &s.Bucket, Key: s.key(name), ContentLength: aws.Int64(int64(len(data))),
		ContentType: aws.String("application/octet-stream"),
	}
	if condition != nil {
		condition(in)
	}
	var out *s3.PutObjectOutput
	err := twice(ctx, func() (err error) {
		in.Body = bytes.NewReader(data)
		out, err = s.client.PutObject(ctx, in)
		return err
	})
	return out, err
}

// twice makes a write once more that is said to be denied. A MinIO says so when
// the folder that the object comes into is deleted, being empty, at that moment.
func twice(ctx context.Context, write func() error) error {
	err := write()
	if statusOf(err) != http.StatusForbidden {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(50 * time.Millisecond):
		return write()
	}
}

// Delete implements cache.Store.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := s.ready(ctx, name); err != nil {
		return err
	}
	return s.failed(ctx, "delete", name, s.remove(ctx, name))
}

func (s *Store) remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := s.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &s.Bucket, Key: s.key(name)})
	return err
}
