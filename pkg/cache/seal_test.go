package cache_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

type env struct{ Name, Env string }

// sealed is a net that knows one secret, and spreads what it returns over lines.
func sealed(payload []byte) ([]byte, []string, error) {
	if !bytes.Contains(payload, []byte("eyJsecret")) {
		return payload, nil, nil
	}
	clean := bytes.ReplaceAll(payload, []byte("eyJsecret"), []byte("‹redacted: jwt›"))
	return append(bytes.ReplaceAll(clean, []byte(","), []byte(",\n")), '\n'), []string{"a token was removed"}, nil
}

func fetchEnv(t *testing.T, c *cache.Cache, got cache.Collected[env]) cache.Entry[env] {
	t.Helper()
	e, err := cache.Fetch(t.Context(), c, cache.Request{Key: key}, func(context.Context) (cache.Collected[env], error) { return got, nil })
	require.NoError(t, err)
	return e
}

func TestWhatIsNoSecretIsStoredAsItIs(t *testing.T) {
	c := cache.New(cache.NewMemory(), cache.Options{Seal: sealed, SecretPolicy: "3"})
	e := fetchEnv(t, c, cache.Collected[env]{Value: env{"web", "safe"}, Endpoint: "https://api"})
	require.Equal(t, env{"web", "safe"}, e.Value)
	require.Equal(t, "https://api", e.Header.Endpoint)
	require.Equal(t, "3", e.Header.SecretPolicy)
	require.Empty(t, e.Warnings)
}

func TestASecretIsNeitherStoredNorShown(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{Seal: sealed})
	first := fetchEnv(t, c, cache.Collected[env]{
		Value: env{"web", "eyJsecret"}, Endpoint: "https://eyJsecret@api", Warnings: []string{"GET /?t=eyJsecret: 403"},
	})
	require.Equal(t, env{"web", "‹redacted: jwt›"}, first.Value)
	require.Equal(t, "https://‹redacted: jwt›@api", first.Header.Endpoint)
	require.Equal(t, []string{"GET /?t=‹redacted: jwt›: 403", "a token was removed", "a token was removed"}, first.Warnings)
	later, err := cache.Read[env](t.Context(), c, key)
	require.NoError(t, err)
	later.State = first.State
	require.Equal(t, first, later)
	_, data := blob(t, store)
	require.NotContains(t, string(data), "eyJsecret")
	require.Equal(t, 2, bytes.Count(data, []byte("\n")), "it is two lines still")
}

func TestWhatCannotBeSealedIsNeitherStoredNorShown(t *testing.T) {
	store := cache.NewMemory()
	for name, seal := range map[string]func([]byte) ([]byte, []string, error){
		"an error":      func([]byte) ([]byte, []string, error) { return nil, nil, errors.New("no rules") },
		"no JSON":       func([]byte) ([]byte, []string, error) { return []byte("{\n"), nil, nil },
		"another shape": func([]byte) ([]byte, []string, error) { return []byte(`"text"`), nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			c := cache.New(store, cache.Options{Seal: seal})
			_, err := cache.Fetch(t.Context(), c, minute, (&source{}).collect)
			require.ErrorContains(t, err, "seal")
			require.Empty(t, names(t, store))
		})
	}
}
