//go:build e2e

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/s3"
	"github.com/fredctl/fred/pkg/fault"
)

// badLine is the network between one Store and MinIO.
type badLine struct {
	url string

	mu     sync.Mutex
	refuse func(r *http.Request, body []byte) bool // the request is lost
	lose   func(r *http.Request, body []byte) bool // the answer is lost
	seen   []string
}

func newBadLine(t *testing.T, m *rig.MinIO) *badLine {
	t.Helper()
	target, err := url.Parse(m.Endpoint)
	require.NoError(t, err)
	g := &badLine{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { // Host is signed, and stays
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = target.Scheme, target.Host, r.In.Host
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		refuse, lose := g.judge(r, body)
		if lose {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
		}
		if refuse || lose {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func (g *badLine) judge(r *http.Request, body []byte) (refuse, lose bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, r.Method+" "+r.URL.Path)
	return g.refuse != nil && g.refuse(r, body), g.lose != nil && g.lose(r, body)
}

func (g *badLine) set(refuse, lose func(*http.Request, []byte) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.refuse, g.lose = refuse, lose
}

// requests returns what went through since the last call.
func (g *badLine) requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer func() { g.seen = nil }()
	return g.seen
}

func (g *badLine) store(t *testing.T, o s3.Options) *s3.Store {
	t.Helper()
	return inBucket(t, &rig.MinIO{Endpoint: g.url}, "shared/team", o)
}

func all(*http.Request, []byte) bool { return true }

func copies(r *http.Request, _ []byte) bool { return r.Header.Get("X-Amz-Copy-Source") != "" }

const shortLease = 4 * time.Second

func TestAnOwnerWhoSleptTooLongLosesHisBatch(t *testing.T) {
	m := minio(t)
	o := s3.Options{Lease: shortLease}
	other := inBucket(t, m, "shared/team", o)
	commit(t, other, 0)
	g := newBadLine(t, m)
	b, err := g.store(t, o).Begin(t.Context())
	require.NoError(t, err)
	for i := range killEntries {
		require.NoError(t, b.Put(t.Context(), fmt.Sprintf("b/%d", i), uniform(1, 64<<10)))
	}
	g.set(all, nil)
	commit(t, other, 2) // waits for the lease to end
	g.set(nil, nil)
	time.Sleep(6 * time.Second) // until the sleeper asks again after an S3 that did not answer
	require.ErrorIs(t, b.Commit(t.Context()), cache.ErrLost)
	_ = b.Close()
	require.Equal(t, uniform(2, 1)[0], wholly(t, other))
}

func TestACommittedBatchIsMadeByWhoeverComesNext(t *testing.T) {
	m := minio(t)
	o := s3.Options{Lease: shortLease}
	commit(t, inBucket(t, m, "shared/team", o), 0)
	for round, next := range map[int]func(s *s3.Store){
		1: func(s *s3.Store) { // who writes
			b, err := s.Begin(t.Context())
			require.NoError(t, err)
			require.NoError(t, b.Close())
		},
		2: func(s *s3.Store) { // who reads, once the lease is over
			time.Sleep(shortLease + 2*time.Second)
			_, err := s.Stat(t.Context(), "b/0")
			require.NoError(t, err)
		},
	} {
		before := wholly(t, inBucket(t, m, "shared/team", o))
		g := newBadLine(t, m)
		g.set(copies, nil)
		require.ErrorIs(t, change(t.Context(), g.store(t, o), round), cache.ErrCommitted)
		s := inBucket(t, m, "shared/team", o)
		require.Equal(t, before, wholly(t, s))
		next(inBucket(t, m, "shared/team", o))
		require.Equal(t, uniform(round, 1)[0], wholly(t, s))
	}
}

func TestACommitWhoseAnswerIsLostIsACommit(t *testing.T) {
	m := minio(t)
	g := newBadLine(t, m)
	lost := 0
	g.set(nil, func(r *http.Request, body []byte) bool {
		if r.Method == http.MethodPut && bytes.Contains(body, []byte(`"committed":true`)) && lost == 0 {
			lost++
			return true
		}
		return false
	})
	s := g.store(t, s3.Options{})
	commit(t, s, 1)
	require.Equal(t, 1, lost)
	require.Equal(t, uniform(1, 1)[0], wholly(t, s))
}

func TestABrokenAnswerIsTakenUpAgain(t *testing.T) {
	m := minio(t)
	g := newBadLine(t, m)
	s := g.store(t, s3.Options{})
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	_, err := s.Put(t.Context(), "a", want)
	require.NoError(t, err)
	failures := 0
	g.set(func(r *http.Request, _ []byte) bool { // three in a row, then it goes well
		failures++
		return r.Method == http.MethodGet && failures <= 3
	}, nil)
	got, _, err := cache.ReadBlob(t.Context(), s, "a")
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got))
}

func TestWhoMayNotReadAPrefixIsToldSo(t *testing.T) {
	m := minio(t)
	const policy = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::shared"],"Condition":{"StringLike":{"s3:prefix":["team/*"]}}},
		{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":["arn:aws:s3:::shared/team/*"]}]}`
	as := sts.New(sts.Options{BaseEndpoint: &m.Endpoint, Region: "us-east-1", Credentials: m.Client.Options().Credentials})
	var role *sts.AssumeRoleOutput
	require.Eventually(t, func() (ok bool) { // MinIO says it is ready before it knows its users
		var err error
		role, err = as.AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:minio:iam:::role/any"), RoleSessionName: aws.String("test"), Policy: aws.String(policy),
		})
		return err == nil
	}, time.Minute, 200*time.Millisecond)
	t.Setenv("AWS_ACCESS_KEY_ID", *role.Credentials.AccessKeyId)
	t.Setenv("AWS_SECRET_ACCESS_KEY", *role.Credentials.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", *role.Credentials.SessionToken)

	commit(t, inBucket(t, m, "shared/team", s3.Options{}), 1)
	for _, denied := range []string{"shared/team2", "shared", "shared/tea"} {
		s := inBucket(t, m, denied, s3.Options{})
		_, err := s.Put(t.Context(), "a", []byte("x"))
		isDenied(t, err)
		_, err = s.Stat(t.Context(), "a")
		isDenied(t, err)
		_, err = s.Begin(t.Context())
		isDenied(t, err)
		isDenied(t, s.Delete(t.Context(), "a"))
		for _, err := range s.List(t.Context(), "") {
			isDenied(t, err)
		}
	}
	l := newLaptop(t, "")
	l.env = credentialsOf(*role.Credentials.AccessKeyId, *role.Credentials.SecretAccessKey, *role.Credentials.SessionToken)
	o := l.must(5, "cache", "ls", "--cache", place(m, "shared/team2"))
	require.Contains(t, o.stderr, `bucket "shared", prefix "team2"`)
	require.Contains(t, o.stderr, "s3:ListBucket")
}

func isDenied(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "%v", err)
	require.Contains(t, fault.HintOf(err), "s3:GetObject")
}

func credentialsOf(key, secret, token string) []string {
	env := []string{"AWS_ACCESS_KEY_ID=" + key, "AWS_SECRET_ACCESS_KEY=" + secret, "AWS_EC2_METADATA_DISABLED=true"}
	if token != "" {
		env = append(env, "AWS_SESSION_TOKEN="+token)
	}
	return env
}

func TestAnS3ThatIsNotThereIsWaitedForOnce(t *testing.T) {
	m := minio(t)
	s := inBucket(t, m, "missing/team", s3.Options{})
	_, err := s.Put(t.Context(), "a", []byte("x"))
	require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
	require.ErrorContains(t, err, `no bucket "missing"`)

	require.NoError(t, m.Kill())
	s = inBucket(t, m, "shared/team", s3.Options{})
	began := time.Now()
	for range 20 {
		_, err = s.Stat(t.Context(), "a")
		require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
	}
	require.Less(t, time.Since(began), 15*time.Second)
	require.ErrorContains(t, err, "does not answer")
}
