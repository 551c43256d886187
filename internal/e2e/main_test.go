//go:build e2e

// Package e2e_test runs fred against a real control plane: see package rig.
package e2e_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

var (
	sharedOnce sync.Once
	shared     *rig.Cluster
	errShared  error
)

var ends []func() error

// atExit has end called when all tests are over, last asked first. It is to be
// called by one test at a time.
func atExit(end func() error) { ends = append(ends, end) }

func TestMain(m *testing.M) {
	code := m.Run()
	if shared != nil {
		ends = append(ends, shared.Close)
	}
	for _, end := range slices.Backward(ends) {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// small returns the one cluster of rig.SeedSmall that these tests share. The
// first to ask starts it. A test that writes to it, or breaks it, puts it right.
func small(t *testing.T) *rig.Cluster {
	t.Helper()
	sharedOnce.Do(func() {
		if shared, errShared = rig.Start(t.Context(), rig.Options{}); errShared == nil {
			errShared = rig.SeedSmall(t.Context(), shared)
		}
	})
	require.NoError(t, errShared)
	return shared
}

// kubeconfigOf writes a kubeconfig of user and returns its path.
func kubeconfigOf(t *testing.T, c *rig.Cluster, user, namespace string) string {
	t.Helper()
	path := t.TempDir() + "/" + user + ".kubeconfig"
	require.NoError(t, c.Kubeconfig(path, user, "rig", namespace))
	return path
}
