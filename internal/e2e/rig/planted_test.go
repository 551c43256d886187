package rig

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// seeds returns all that SeedSmall is made of.
func seeds(t *testing.T) string {
	t.Helper()
	names, err := fs.Glob(small, "small/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var all strings.Builder
	for _, name := range names {
		data, err := fs.ReadFile(small, name)
		require.NoError(t, err)
		all.Write(data)
	}
	trouble, err := os.ReadFile("trouble.go")
	require.NoError(t, err)
	all.Write(trouble)
	return all.String()
}

func TestEveryPlantedSecretIsInTheSeeds(t *testing.T) {
	all := seeds(t)
	// What the API alone writes in base64.
	all += "cGw0bnRTZWNyZXQtWWIza1Z3NkhzTHEw"
	// What the manifests hold in base64 alone is in a comment beside it.
	for _, secret := range PlantedSecrets {
		require.Contains(t, all, secret)
	}
}

func TestEverySecretOfTheSeedsIsListed(t *testing.T) {
	found := regexp.MustCompile(`pl4nt[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)?`).FindAllString(seeds(t), -1)
	require.NotEmpty(t, found)
	for _, secret := range found {
		_, tail, isToken := strings.Cut(secret, ".")
		if isToken {
			secret = tail
		}
		require.Contains(t, PlantedSecrets, secret)
	}
}
