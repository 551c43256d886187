package cache

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheNameOfAnEntryTellsItsKey(t *testing.T) {
	for _, key := range []Key{
		NewKey("clusters", "dev", "facts"),
		NewKey("clusters", "arn:aws:eks:eu-west-1:1:cluster/x", "kube", "in", "../..", "pods"),
		NewKey("", "A.jsonl", "con", ".", "é=="),
	} {
		got, ok := KeyNamed(key.name())
		require.True(t, ok, key)
		require.Equal(t, key, got)
		require.True(t, key.named(key.name()))
		for _, other := range []string{"", ".jsonl", "a" + key.name(), key.name() + ".jsonl", key.dir(), key.Join("a").name(), NewKey("clusters").name()} {
			require.False(t, key.named(other), other)
		}
	}
	got, ok := KeyNamed(NewKey("clusters", strings.Repeat("X", 300), "facts").name())
	require.True(t, ok)
	require.Equal(t, "facts", got.segments[2], "what comes behind a segment that is too long is told")
	for _, name := range []string{"README", "a/=g0.jsonl", "a/=4.jsonl", "../a.jsonl", ".jsonl"} {
		_, ok := KeyNamed(name)
		require.False(t, ok, name)
	}
}
