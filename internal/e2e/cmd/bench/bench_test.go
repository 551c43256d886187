package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const wrkText = `Running 10s test @ http://127.0.0.1:8000/fred/v1/kube/workloads
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.02ms    1.53ms  27.61ms   91.52%
    Req/Sec    22.05k     2.33k   26.92k    68.00%
  Latency Distribution
     50%  512.00us
     75%    1.21ms
     90%    2.55ms
     99%    7.29ms
  219422 requests in 10.00s, 5.62GB read
  Socket errors: connect 0, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 7
Requests/sec:  21936.47
Transfer/sec:    575.06MB
`

func TestWhatWrkSaysIsRead(t *testing.T) {
	got, err := parseWrk(wrkText)
	require.NoError(t, err)
	require.Equal(t, load{rate: 21936.47, p50: 512 * time.Microsecond, p99: 7290 * time.Microsecond, refused: 7, broken: 2, late: 3}, got)

	_, err = parseWrk("unable to connect to 127.0.0.1:8000 Connection refused")
	require.ErrorContains(t, err, "Connection refused")
}

func TestSplice(t *testing.T) {
	block := beginMark + "\n\nnew\n\n" + endMark
	tests := []struct {
		name, page, want, fail string
	}{
		{name: "a page without marks gets them at its end", page: "# Title\n\nWords.\n", want: "# Title\n\nWords.\n\n" + block + "\n"},
		{name: "what is around the marks stays", page: "before\n" + beginMark + "old" + endMark + "\nafter\n", want: "before\n" + block + "\nafter\n"},
		{name: "what is written is found again", page: block + "\n", want: block + "\n"},
		{name: "one mark alone is refused", page: beginMark + "\nwords that nobody wants to lose", fail: "alone"},
		{name: "so is the other", page: "words\n" + endMark, fail: "alone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := splice(test.page, "new\n")
			if test.fail != "" {
				require.ErrorContains(t, err, test.fail)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, got)
		})
	}
}

func TestVerdictTellsByHowMuchATargetIsMissed(t *testing.T) {
	took := func(d time.Duration, peak int64) []cost { return []cost{{wall: d, peak: peak}} }
	yard := &subject{costs: took(time.Second, 0)}
	s := subject{yard: yard, within: 2, memory: 128 * mib, costs: took(2*time.Second, 128*mib)}
	require.Equal(t, "yes", s.met())
	s.costs = took(3*time.Second, 130*mib)
	require.Equal(t, "**no**: 50 % too slow, 2 MiB too much", s.met())
	require.Empty(t, (&subject{yard: yard, costs: took(9*time.Second, 0)}).met())
}

func TestNumbers(t *testing.T) {
	require.Equal(t, "7", thousands(7))
	require.Equal(t, "123", thousands(123))
	require.Equal(t, "22,000", thousands(22_000))
	require.Equal(t, "1,234,567", thousands(1_234_567))
	require.Equal(t, 2*time.Second, median([]time.Duration{3 * time.Second, time.Second, 2 * time.Second}))
	require.InDelta(t, 2.5, median([]float64{4, 1, 3, 2}), 0)
}

// A child must not be charged with the memory of who starts it.
func TestTheCostOfAProgramIsItsOwn(t *testing.T) {
	dir := t.TempDir()
	ballast := make([]byte, 256*mib)
	for i := 0; i < len(ballast); i += 4096 {
		ballast[i] = 1
	}
	out := filepath.Join(dir, "out")
	p, err := start(t.Context(), []string{"/bin/sh", "-c", "echo out; echo talk >&2; sleep 0.5"}, nil, out, filepath.Join(dir, "err"))
	require.NoError(t, err)
	c, err := p.wait()
	require.NoError(t, err)
	require.Less(t, c.peak, int64(len(ballast)/2))
	require.Positive(t, c.peak)
	require.GreaterOrEqual(t, c.wall, 500*time.Millisecond)
	require.Equal(t, byte(1), ballast[0])
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "out\n", string(text))
	require.Equal(t, "talk", p.talk())
}

func TestAProgramThatFailsIsAnErrorWithWhatItSaid(t *testing.T) {
	talk := filepath.Join(t.TempDir(), "err")
	p, err := start(t.Context(), []string{"/bin/sh", "-c", "echo broken >&2; exit 3"}, nil, os.DevNull, talk)
	require.NoError(t, err)
	_, err = p.wait()
	require.EqualError(t, err, "sh: exit code 3: broken")

	p, err = start(t.Context(), []string{"/bin/sh", "-c", "exec sleep 60"}, nil, os.DevNull, talk)
	require.NoError(t, err)
	_, err = p.end()
	require.ErrorContains(t, err, syscall.SIGTERM.String())
}
