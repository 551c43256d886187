package s3

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/fredctl/fred/pkg/cache"
)

// Fred's own objects are below private, which is the name of no blob. After is
// the name that follows all of them.
const (
	private = ".fred/"
	after   = ".fred0"
)

// List implements cache.Store. S3 lists by the bytes of the keys, a thousand at
// a time, and only what is below the prefix.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[cache.Info, error] {
	return func(yield func(cache.Info, error) bool) {
		err := ctx.Err()
		if err == nil {
			err = s.reachable(ctx)
		}
		if err != nil {
			yield(cache.Info{}, err)
			return
		}
		if !begins(prefix) {
			return
		}
		for o, err := range s.objects(ctx, prefix) {
			if err != nil {
				yield(cache.Info{}, s.failed(ctx, "list", s.Place(), err))
				return
			}
			if cache.CheckName(o.Name) == nil && !yield(o, nil) {
				return
			}
		}
	}
}

// begins says whether a name may begin with prefix. For another there is nothing
// to ask, and not every S3 takes it.
func begins(prefix string) bool {
	whole, _ := strings.CutSuffix(prefix, "/")
	return prefix == "" || cache.CheckName(whole) == nil
}

// objects yields what is below the prefix of the store and prefix, whoever put
// it there, but for fred's own, which it jumps over unless they are asked for.
func (s *Store) objects(ctx context.Context, prefix string) iter.Seq2[cache.Info, error] {
	in := &s3.ListObjectsV2Input{
		Bucket: &s.Bucket, Prefix: s.key(prefix),
		EncodingType: types.EncodingTypeUrl, // a foreign key may hold what XML cannot
	}
	return func(yield func(cache.Info, error) bool) {
		for {
			out, err := s.page(ctx, in)
			if err != nil {
				yield(cache.Info{}, err)
				return
			}
			in.StartAfter, in.ContinuationToken = nil, out.NextContinuationToken
			for _, o := range out.Contents {
				info, err := s.found(o, out.EncodingType)
				if err == nil && strings.HasPrefix(info.Name, private) && !strings.HasPrefix(prefix, private) {
					in.StartAfter, in.ContinuationToken = s.key(after), nil
					continue
				}
				if err == nil && in.StartAfter != nil { // what follows fred's own on this page comes on the next
					break
				}
				if !yield(info, err) {
					return
				}
			}
			if in.StartAfter == nil && (!aws.ToBool(out.IsTruncated) || in.ContinuationToken == nil) {
				return
			}
		}
	}
}

func (s *Store) page(ctx context.Context, in *s3.ListObjectsV2Input) (*s3.ListObjectsV2Output, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTime)
	defer cancel()
	return s.client.ListObjectsV2(ctx, in)
}

// found describes a listed object by what its key says after the prefix.
func (s *Store) found(o types.Object, coding types.EncodingType) (cache.Info, error) {
	key, err := aws.ToString(o.Key), error(nil)
	if coding == types.EncodingTypeUrl { // not every S3 does as it is asked
		key, err = url.QueryUnescape(key)
	}
	if err != nil {
		return cache.Info{}, fmt.Errorf("a key cannot be read: %w", err)
	}
	name, ok := strings.CutPrefix(key, s.root())
	if !ok {
		return cache.Info{}, fmt.Errorf("an answer has key %q, which is not below %q", key, s.root())
	}
	return cache.Info{Name: name, Size: aws.ToInt64(o.Size), Version: tag(o.ETag), Modified: second(o.LastModified)}, nil
}
