package s3

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
)

// lockName is the object that says who changes the cache. It is never deleted:
// it is free when it names no batch. All who write it do so on the condition
// that it is what they read, so that of two one alone succeeds.
const lockName = private + "lock"

// state is what the lock says.
type state struct {
	ID        string `json:"id"`                  // new with each write, so that no two have one entity tag
	Owner     string `json:"owner,omitempty"`     // the Store that wrote it
	Batch     string `json:"batch,omitempty"`     // that is open or is to be ended; the lock is free without
	Committed bool   `json:"committed,omitempty"` // the batch is to be made, not dropped
	Lease     int    `json:"leaseSeconds"`        // after what time without a write the owner is taken for dead
}

// seen is the lock as it was read.
type seen struct {
	state
	etag string        // empty: there is none
	age  time.Duration // by the clock of the S3 alone: those of the machines may differ
}

func (l seen) free() bool { return l.Batch == "" }

// dead says whether nobody is at the batch any more. A batch of this very Store
// is left over: the caller holds s.batch.
func (l seen) dead(s *Store) bool {
	return l.Owner == s.owner || l.age > time.Duration(l.Lease)*time.Second
}

// look reads the lock.
func (s *Store) look(ctx context.Context) (seen, error) {
	out, cancel, err := s.get(ctx, lockName, func(*s3.GetObjectInput) {})
	if codeOf(err) == "NoSuchKey" {
		return seen{}, nil
	}
	if err != nil {
		return seen{}, err
	}
	defer cancel()
	defer out.Body.Close()
	data, err := io.ReadAll(io.LimitReader(out.Body, 64<<10))
	if err != nil {
		return seen{}, err
	}
	l := seen{etag: aws.ToString(out.ETag)}
	if err := json.Unmarshal(data, &l.state); err != nil || l.Batch != "" && !batchName(l.Batch) {
		return seen{}, odd("%s/%s is not what a fred wrote", s.Location, lockName)
	}
	now, ok := awsmiddleware.GetServerTime(out.ResultMetadata)
	if !ok {
		now = time.Now()
	}
	l.age = now.Sub(second(out.LastModified))
	return l, nil
}

// lease is the lock while this Store holds it. It is safe for concurrent use.
type lease struct {
	s *Store

	mu    sync.Mutex
	now   state
	etag  string
	tried []string  // IDs of writes whose outcome is not known
	at    time.Time // of the last write that is known to have succeeded
}

// errTaken says that somebody else wrote the lock.
var errTaken = errors.New("the lock is another's")

// write changes the lock. It fails with errTaken where another has done so since,
// which is final; any other error leaves it open whether the lock is changed.
func (l *lease) write(ctx context.Context, change func(*state)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range 3 {
		next := l.now
		change(&next)
		next.ID, next.Owner, next.Lease = rand.Text(), l.s.owner, int(l.s.lease.Seconds())
		began := time.Now()
		etag, err := l.s.swap(ctx, l.etag, next)
		if err == nil {
			l.now, l.etag, l.tried, l.at = next, etag, nil, began
			return nil
		}
		l.tried = append(l.tried, next.ID)
		if !lostRace(err) {
			return err
		}
		there, err := l.s.look(ctx)
		switch {
		case err != nil:
			return err
		case there.ID == next.ID: // the answer to the first attempt was lost
			l.now, l.etag, l.tried, l.at = next, there.etag, nil, began
			return nil
		case !slices.Contains(l.tried, there.ID) && there.ID != l.now.ID:
			return errTaken
		}
		l.now, l.etag = there.state, there.etag // an earlier write that seemed lost
	}
	return odd("the lock of the cache at %s cannot be written: conditions of writes are not kept there", l.s.Location)
}

// alive says whether nobody can have taken the lock for a dead one's yet.
func (l *lease) alive() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.at) < l.s.lease*3/4
}

// swap writes the lock if its entity tag is still etag, or if there is none
// where etag is empty.
func (s *Store) swap(ctx context.Context, etag string, next state) (string, error) {
	data, err := json.Marshal(next)
	if err != nil {
		return "", err
	}
	out, err := s.put(ctx, lockName, data, func(in *s3.PutObjectInput) {
		if etag == "" {
			in.IfNoneMatch = aws.String("*")
		} else {
			in.IfMatch = &etag
		}
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.ETag), nil
}

// lostRace says whether a condition did not hold. 409 is said of two at the same
// moment, 404 where there is nothing that could match.
func lostRace(err error) bool {
	status := statusOf(err)
	return status == http.StatusPreconditionFailed || status == http.StatusConflict || codeOf(err) == "NoSuchKey"
}

// batchPrefix begins the name of what a batch stages below private.
const batchPrefix = "batch-"

func newBatch() string { return batchPrefix + strings.ToLower(rand.Text()) }

// batchName says whether newBatch could have made the name.
func batchName(name string) bool {
	id, ok := strings.CutPrefix(name, batchPrefix)
	return ok && len(id) == 26 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// recordName is the object of a batch that says what becomes of the others.
const recordName = "commit"

// stagedName says whether a batch could have made an object of that name. What a
// foreign hand put below .fred/ is left there.
func stagedName(name string) bool {
	dir, file, ok := strings.Cut(strings.TrimPrefix(name, private), "/")
	if !ok || !strings.HasPrefix(name, private) || !batchName(dir) {
		return false
	}
	n, err := strconv.Atoi(file)
	return file == recordName || err == nil && n > 0 && strconv.Itoa(n) == file
}

func odd(format string, args ...any) error { return fault.New(fault.BadAnswer, format, args...) }

// describe says of a failed change of the lock what it means.
func (s *Store) describe(ctx context.Context, err error) error {
	if errors.Is(err, errTaken) {
		return fmt.Errorf("change the cache: %w", cache.ErrLost)
	}
	return s.failed(ctx, "change", s.Place(), err)
}
