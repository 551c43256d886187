package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/fredctl/fred/pkg/cache"
)

// key is where the blob of that name is.
func (s *Store) key(name string) *string { return aws.String(s.root() + name) }

// ready says whether an operation on name may begin.
func (s *Store) ready(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := cache.CheckName(name); err != nil {
		return err
	}
	return s.reachable(ctx)
}

// reachable says whether the S3 may be asked, and ends what others left the
// first time it is.
func (s *Store) reachable(ctx context.Context) error {
	if s.guard != nil {
		if err := s.guard(); err != nil {
			return err
		}
	}
	if err := s.line.down(); err != nil {
		return err
	}
	s.mend(ctx)
	return s.line.down()
}

// Open implements cache.Store. One answer of S3 is of one version; where the
// connection breaks in the middle, the rest is asked for of that version.
func (s *Store) Open(ctx context.Context, name string) (io.ReadCloser, cache.Info, error) {
	r, info, _, err := s.OpenUnless(ctx, name, "")
	return r, info, err
}

// OpenUnless opens the blob unless its version is the one given. Then same is
// true, there is nothing to read, and of info Name, Version and Modified alone
// are set.
func (s *Store) OpenUnless(ctx context.Context, name, version string) (_ io.ReadCloser, _ cache.Info, same bool, _ error) {
	if err := s.ready(ctx, name); err != nil {
		return nil, cache.Info{}, false, err
	}
	out, cancel, err := s.get(ctx, name, func(in *s3.GetObjectInput) {
		if version != "" {
			in.IfNoneMatch = aws.String(strconv.Quote(version))
		}
	})
	if version != "" && statusOf(err) == http.StatusNotModified {
		return nil, cache.Info{Name: name, Version: version, Modified: modifiedOf(err)}, true, nil
	}
	if err != nil {
		return nil, cache.Info{}, false, s.failed(ctx, "read", name, err)
	}
	info := cache.Info{Name: name, Size: aws.ToInt64(out.ContentLength), Version: tag(out.ETag), Modified: second(out.LastModified)}
	if info.Size > cache.MaxBlob {
		cancel()
		_ = out.Body.Close()
		return nil, cache.Info{}, false, tooLarge(name)
	}
	return &body{s: s, ctx: ctx, info: info, now: out.Body, cancel: cancel}, info, false, nil
}

func tooLarge(name string) error {
	return fmt.Errorf("read %s: %w: larger than %d bytes", name, cache.ErrDamaged, cache.MaxBlob)
}

// get asks for an object. The answer is read under the deadline that cancel ends.
func (s *Store) get(ctx context.Context, name string, with func(*s3.GetObjectInput)) (*s3.GetObjectOutput, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(ctx, timeFor(cache.MaxBlob))
	in := &s3.GetObjectInput{Bucket: &s.Bucket, Key: s.key(name)}
	with(in)
	start := time.AfterFunc(callTime, cancel) // until the answer begins
	out, err := s.client.GetObject(ctx, in)
	start.Stop()
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return out, cancel, nil
}

// modifiedOf is what an answer without a body says of the object.
func modifiedOf(err error) time.Time {
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) {
		return time.Time{}
	}
	at, _ := http.ParseTime(answer.Response.Header.Get("Last-Modified"))
	return at.UTC()
}

// Head implements cache.Store.
func (s *Store) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if n <= 0 {
		info, err := s.Stat(ctx, name)
		return nil, info, err
	}
	if err := s.ready(ctx, name); err != nil {
		return nil, cache.Info{}, err
	}
	out, cancel, err := s.get(ctx, name, func(in *s3.GetObjectInput) { in.Range = aws.String(fmt.Sprintf("bytes=0-%d", n-1)) })
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable { // it is empty
		info, err := s.Stat(ctx, name)
		return nil, info, err
	}
	if err != nil {
		return nil, cache.Info{}, s.failed(ctx, "read", name, err)
	}
	defer cancel()
	defer out.Body.Close()
	info := cache.Info{Name: name, Size: whole(out), Version: tag(out.ETag), Modified: second(out.LastModified)}
	if info.Size > cache.MaxBlob {
		return nil, cache.Info{}, tooLarge(name)
	}
	var start bytes.Buffer
	start.Grow(int(min(int64(n), info.Size)))
	if _, err := start.ReadFrom(io.LimitReader(out.Body, int64(n))); err != nil {
		return nil, cache.Info{}, s.failed(ctx, "read", name, err)
	}
	return start.Bytes(), info, nil
}

// whole is the size of the object of which a part was asked for.
func whole(out *s3.GetObjectOutput) int64 {
	_, size, _ := strings.Cut(aws.ToString(out.ContentRange), "/")
	if n, err := strconv.ParseInt(size, 10, 64); err == nil {
		return n
	}
	return aws.ToInt64(out.ContentLength)
}

// Stat implements cache.Store.
func (s *Store) Stat(ctx context.Context, name string) (cache.Info, error) {
	if err := s.ready(ctx, name); err != nil {
		return cache.Info{}, err
	}
	short, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	out, err := s.client.HeadObject(short, &s3.HeadObjectInput{Bucket: &s.Bucket, Key: s.key(name)})
	if err != nil {
		return cache.Info{}, s.failed(ctx, "read", name, err)
	}
	info := cache.Info{Name: name, Size: aws.ToInt64(out.ContentLength), Version: tag(out.ETag), Modified: second(out.LastModified)}
	if info.Size > cache.MaxBlob {
		return cache.Info{}, tooLarge(name)
	}
	return info, nil
}

// tag is an entity tag without its quotes.
func tag(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }

// second cuts a time to what every answer of S3 tells of it.
func second(t *time.Time) time.Time { return aws.ToTime(t).UTC().Truncate(time.Second) }
