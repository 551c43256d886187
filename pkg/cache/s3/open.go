package s3

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/fredctl/fred/pkg/fault"
)

// Options are the settings of a Store. The zero value is right.
type Options struct {
	// Dial opens the connections of all requests, those for credentials too.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Guard is asked before each operation, which fails with what it says. What
	// it says should be a fault of kind Offline.
	Guard func() error
	Log   *slog.Logger // silent when nil

	// Lease is after what time a batch whose owner does not answer is ended by
	// another; 20 s when zero. Less than 3 s is not told apart by S3's clock.
	Lease time.Duration
}

// Store is a cache.Store in a bucket. It is safe for concurrent use, by several
// processes on several machines too.
type Store struct {
	Location

	client *s3.Client
	guard  func() error
	log    *slog.Logger
	lease  time.Duration
	owner  string // of locks: this Store alone
	line   line

	batch   chan struct{} // full while a batch of this Store is open
	mending sync.Mutex
	mended  time.Time // when what others left was looked for last
}

// attempts bounds how often a request is made.
const attempts = 4

// New returns a Store at l. It reads the environment and the shared AWS files,
// as every AWS tool does, and asks the network nothing. It fails with a fault of
// kind Invalid if there is no such profile or no region.
func New(ctx context.Context, l Location, o Options) (*Store, error) {
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client(o.Dial)),
		config.WithLogger(logging.Nop{}), // it would write to stderr
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(r *retry.StandardOptions) {
				r.MaxAttempts, r.MaxBackoff = attempts, 2*time.Second
				r.RateLimiter = unlimited{}
				r.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(offline)}, r.Retryables...)
			})
		}),
	}
	if l.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(l.Profile))
	}
	if l.Region != "" {
		load = append(load, config.WithRegion(l.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, invalid("%w", err).Hinted("Check AWS_PROFILE, ~/.aws/config and ~/.aws/credentials.")
	}
	if err := complete(&cfg, l); err != nil {
		return nil, err
	}
	s := &Store{
		Location: l, guard: o.Guard, log: o.Log, lease: o.Lease, owner: strings.ToLower(rand.Text()), batch: make(chan struct{}, 1),
		client: s3.NewFromConfig(cfg, func(o *s3.Options) {
			o.UsePathStyle = l.PathStyle
			if l.Endpoint != "" {
				o.BaseEndpoint = &l.Endpoint
			}
		}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.lease <= 0 {
		s.lease = 20 * time.Second
	}
	return s, nil
}

// complete fills in what an S3 that is not Amazon's does not need.
func complete(cfg *aws.Config, l Location) error {
	if l.Endpoint != "" {
		if cfg.Region == "" {
			cfg.Region = "us-east-1"
		}
		// Many that speak S3 refuse the checksums that Amazon's clients add unasked.
		if cfg.RequestChecksumCalculation == aws.RequestChecksumCalculationUnset {
			cfg.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		}
		if cfg.ResponseChecksumValidation == aws.ResponseChecksumValidationUnset {
			cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}
	}
	if cfg.Region == "" {
		return invalid("no region is set").Hinted("Add ?region=eu-west-3 to it, or set AWS_REGION.")
	}
	return nil
}

// client is the SDK's own kind, so that AWS_CA_BUNDLE is heeded; the proxy is
// that of the environment.
func client(dial func(ctx context.Context, network, addr string) (net.Conn, error)) aws.HTTPClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConnsPerHost = parallel
		t.ResponseHeaderTimeout = answerTime
		if dial != nil {
			t.DialContext = dial
		}
	})
}

// offline says of what Dial refuses that it is not to be tried again.
func offline(err error) aws.Ternary {
	if fault.KindOf(err) == fault.Offline {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// unlimited lets every operation have all its attempts. The SDK's own limit
// counts failures of the whole client, and would leave a server that saw an
// outage without retries for a while after it.
type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (unlimited) AddTokens(uint) error { return nil }
