package s3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
)

const (
	answerTime = 10 * time.Second // for an S3 to begin an answer
	callTime   = 15 * time.Second // for an operation of few bytes, its retries included
	byteTime   = time.Minute      // for each 64 MiB that an operation moves besides
	restTime   = 5 * time.Second  // for which an S3 that did not answer is not asked again
)

// timeFor returns how long an operation that moves n bytes may take.
func timeFor(n int64) time.Duration { return callTime + byteTime*time.Duration((n+64<<20-1)/(64<<20)) }

// line remembers that the S3 cannot be reached, so that a command that reads
// twenty entries waits for it once. Its zero value is ready.
type line struct {
	mu   sync.Mutex
	err  error
	till time.Time
}

func (l *line) down() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Now().Before(l.till) {
		return l.err
	}
	return nil
}

func (l *line) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err, l.till = err, time.Now().Add(restTime)
}

// failed says what went wrong with name, in the words of fred. Ctx is that of
// the caller, without the deadline of the operation.
func (s *Store) failed(ctx context.Context, doing, name string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s %s: %w", doing, name, ctx.Err())
	}
	if s.guard != nil {
		if off := s.guard(); off != nil { // thrown meanwhile
			return off
		}
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if f = s.judge(err); f == nil {
		return fmt.Errorf("%s: %w", name, cache.ErrMissing)
	}
	if f.Kind == fault.Unreachable {
		s.line.note(f)
	}
	return f
}

// judge gives err a kind and a hint; nil says that there is no such object.
func (s *Store) judge(err error) *fault.Error {
	code, status := codeOf(err), statusOf(err)
	switch {
	case code == "NoSuchBucket":
		return fault.New(fault.Invalid, "the cache at %s: there is no bucket %q", s.Location, s.Bucket).
			Hinted("Have it made, or name another place with --cache.")
	case code == "InvalidAccessKeyId", code == "SignatureDoesNotMatch", code == "ExpiredToken", status == http.StatusUnauthorized:
		return fault.New(fault.Unauthorized, "the cache at %s refuses your credentials: %s", s.Location, code).
			Hinted("Log in to AWS again, or check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_PROFILE.")
	case status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "access to the cache at %s is denied: bucket %q, prefix %q", s.Location, s.Bucket, s.Prefix).
			Hinted("Ask for s3:ListBucket on the bucket and s3:GetObject, s3:PutObject and s3:DeleteObject on %s*.", s.root())
	case status == http.StatusNotFound:
		return nil
	case status == http.StatusMovedPermanently, code == "AuthorizationHeaderMalformed":
		return fault.New(fault.Invalid, "the cache at %s is in another region", s.Location).Hinted("Add ?region=… to cache.url.")
	case noCredentials(err):
		return fault.New(fault.Unauthorized, "the cache at %s: no AWS credentials were found", s.Location).
			Hinted("Log in to AWS, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
	case status == 0, status >= http.StatusInternalServerError, status == http.StatusTooManyRequests:
		return fault.New(fault.Unreachable, "the cache at %s does not answer: %w", s.Location, shortest(err)).
			Hinted("Check the network and cache.url, answer from what was read before with --offline, or name another place with --cache.")
	default:
		return fault.New(fault.BadAnswer, "the cache at %s: %w", s.Location, shortest(err))
	}
}

func codeOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func statusOf(err error) int {
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.Response != nil {
		return answer.HTTPStatusCode()
	}
	return 0
}

// noCredentials tells what the SDK only says in words: that the chain ended
// without a credential.
func noCredentials(err error) bool {
	said := err.Error()
	return strings.Contains(said, "get identity: get credentials") || strings.Contains(said, "failed to refresh cached credentials")
}

// shortest returns the part of err that says most in the fewest words.
func shortest(err error) error {
	var api smithy.APIError
	var network *net.OpError
	switch {
	case errors.As(err, &api):
		return fmt.Errorf("%s: %s", api.ErrorCode(), api.ErrorMessage())
	case errors.As(err, &network):
		return network
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errors.New("no answer in time")
	}
	return err
}
