//go:build !unix

package cache_test

var children map[string]func() int
