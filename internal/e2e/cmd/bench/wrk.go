package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"
)

// load is what wrk has measured.
type load struct {
	rate     float64 // answers a second
	p50, p99 time.Duration
	refused  int // answers that are neither 2xx nor 3xx
	broken   int // connections, reads and writes that failed
	late     int // answers that took longer than two seconds
}

// wrk loads target for a while, on one thread: the others are the server's.
func (b *board) wrk(ctx context.Context, target string, headers ...string) (load, error) {
	argv := []string{b.programs.wrk, "-t1", "-c" + connections, "-d" + restFor, "--latency", "-H", "Host: localhost"}
	for _, h := range headers {
		argv = append(argv, "-H", h)
	}
	out := b.file("wrk")
	p, err := start(ctx, append(argv, target), b.env, out, b.file("stderr"))
	if err != nil {
		return load{}, err
	}
	if _, err := p.wait(); err != nil {
		return load{}, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return load{}, fmt.Errorf("read what wrk says: %w", err)
	}
	return parseWrk(string(text))
}

var (
	wrkRate    = regexp.MustCompile(`(?m)^Requests/sec:\s+([0-9.]+)`)
	wrkP50     = regexp.MustCompile(`(?m)^\s+50%\s+([0-9.]+(?:us|ms|s|m))`)
	wrkP99     = regexp.MustCompile(`(?m)^\s+99%\s+([0-9.]+(?:us|ms|s|m))`)
	wrkRefused = regexp.MustCompile(`(?m)^\s+Non-2xx or 3xx responses:\s+([0-9]+)`)
	wrkBroken  = regexp.MustCompile(`(?m)^\s+Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+)`)
	wrkLate    = regexp.MustCompile(`(?m)^\s+Socket errors: .* timeout ([0-9]+)`) // so wrk calls them, and reads on
)

// parseWrk reads what wrk --latency prints.
func parseWrk(text string) (l load, err error) {
	rate, p50, p99 := wrkRate.FindStringSubmatch(text), wrkP50.FindStringSubmatch(text), wrkP99.FindStringSubmatch(text)
	if rate == nil || p50 == nil || p99 == nil {
		return l, fmt.Errorf("wrk says nothing that is understood: %q", text)
	}
	if l.rate, err = strconv.ParseFloat(rate[1], 64); err != nil {
		return l, fmt.Errorf("read wrk's rate: %w", err)
	}
	if l.p50, err = time.ParseDuration(p50[1]); err != nil {
		return l, fmt.Errorf("read wrk's latency: %w", err)
	}
	if l.p99, err = time.ParseDuration(p99[1]); err != nil {
		return l, fmt.Errorf("read wrk's latency: %w", err)
	}
	l.refused, l.broken = sum(wrkRefused.FindStringSubmatch(text)), sum(wrkBroken.FindStringSubmatch(text))
	l.late = sum(wrkLate.FindStringSubmatch(text))
	return l, nil
}

// sum adds up the numbers of a match; without a match it is 0.
func sum(match []string) (total int) {
	for i := 1; i < len(match); i++ {
		n, _ := strconv.Atoi(match[i]) // they are digits
		total += n
	}
	return total
}
