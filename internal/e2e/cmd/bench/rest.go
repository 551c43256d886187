package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"time"
)

const (
	restRounds  = 3 // as many as it takes to last until the server renews its cache
	restTarget  = 5000
	restFor     = "10s"
	connections = "16"
	about       = 40 // workloads in the namespace that is asked for
)

// restResult is what wrk and the server's kernel say.
type restResult struct {
	namespace string
	workloads int
	size      int // bytes of the answer
	whole     []load
	unchanged []load // with the ETag: 304
	server    cost
}

// rest runs fred serve, and wrk against it, round by round with and without
// the answer's ETag.
func (b *board) rest(ctx context.Context, rounds int) (r restResult, err error) {
	p, err := start(ctx, []string{b.fred, "serve", "--port", "0"}, b.env, os.DevNull, b.file("serve"))
	if err != nil {
		return r, err
	}
	defer func() {
		var stopped error
		r.server, stopped = p.end()
		err = errors.Join(err, stopped)
	}()
	base, err := p.address(ctx)
	if err != nil {
		return r, err
	}
	if r.namespace, r.workloads, err = pick(ctx, base); err != nil {
		return r, err
	}
	target := base + "/v1/kube/workloads?namespace=" + url.QueryEscape(r.namespace)
	etag, size, err := warm(ctx, target)
	if err != nil {
		return r, err
	}
	r.size = size
	for round := range rounds {
		say("wrk, round %d of %d", round+1, rounds)
		whole, err := b.wrk(ctx, target)
		if err != nil {
			return r, err
		}
		unchanged, err := b.wrk(ctx, target, "If-None-Match: "+etag)
		if err != nil {
			return r, err
		}
		r.whole, r.unchanged = append(r.whole, whole), append(r.unchanged, unchanged)
	}
	return r, nil
}

var announced = regexp.MustCompile(`fred answers at (http://\S+)/docs`)

// address waits until the server has said where it is.
func (p *process) address(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		if m := announced.FindStringSubmatch(p.talk()); m != nil {
			return m[1], nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("fred serve does not say where it is: %w: %s", ctx.Err(), p.talk())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// pick returns the namespace whose workloads are closest to about.
func pick(ctx context.Context, base string) (name string, workloads int, err error) {
	got, err := get(ctx, base+"/v1/kube/namespaces", "")
	if err != nil {
		return "", 0, err
	}
	var list struct {
		Items []struct {
			Name      string
			Workloads int
		}
	}
	if err := json.Unmarshal(got.body, &list); err != nil {
		return "", 0, fmt.Errorf("read namespaces: %w", err)
	}
	off := func(n int) int { return max(n-about, about-n) }
	for _, ns := range list.Items {
		if name == "" || off(ns.Workloads) < off(workloads) {
			name, workloads = ns.Name, ns.Workloads
		}
	}
	if workloads == 0 {
		return "", 0, errors.New("no namespace has workloads")
	}
	return name, workloads, nil
}

// warm asks twice, and returns the answer's ETag and size. It sees to it that
// who has the answer is told so.
func warm(ctx context.Context, target string) (etag string, size int, err error) {
	first, err := get(ctx, target, "")
	if err != nil {
		return "", 0, err
	}
	second, err := get(ctx, target, first.etag)
	if err == nil && second.status != http.StatusNotModified {
		err = fmt.Errorf("GET %s with its ETag %s: %d instead of 304", target, first.etag, second.status)
	}
	return first.etag, len(first.body), err
}

// answer is one of fred serve.
type answer struct {
	status int
	etag   string
	body   []byte
}

// get asks for target; who has an answer already says so by its etag.
func get(ctx context.Context, target, etag string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return answer{}, err
	}
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("GET %s: %s: %s", target, got.Status, body)
	}
	return answer{got.StatusCode, got.Header.Get("ETag"), body}, err
}
