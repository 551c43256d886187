package s3_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache/s3"
	"github.com/fredctl/fred/pkg/fault"
)

func TestALocationIsReadFromItsURL(t *testing.T) {
	for url, want := range map[string]s3.Location{
		"s3://b":       {Bucket: "b"},
		"s3://b/":      {Bucket: "b"},
		"s3://b/team/": {Bucket: "b", Prefix: "team"},
		"s3://b/a%20b/c?region=eu-west-3&profile=work":                    {Bucket: "b", Prefix: "a b/c", Region: "eu-west-3", Profile: "work"},
		"s3://b/t?endpoint=http://127.0.0.1:9000":                         {Bucket: "b", Prefix: "t", Endpoint: "http://127.0.0.1:9000", PathStyle: true},
		"s3://b/t?endpoint=https%3A%2F%2Fs3.example.org&path_style=false": {Bucket: "b", Prefix: "t", Endpoint: "https://s3.example.org"},
		"s3://b/t?path_style=true&region=eu-west-3":                       {Bucket: "b", Prefix: "t", Region: "eu-west-3", PathStyle: true},
	} {
		got, err := s3.Parse(url)
		require.NoError(t, err, url)
		require.Equal(t, want, got, url)
	}
}

func TestAURLThatCannotBeMeantIsInvalid(t *testing.T) {
	for _, url := range []string{
		"s3://", "s3:///x", "s3://k:topsecret@b/x", "http://b/x", "s3://b/x?topsecret=1", "s3://b//x", "s3://b/a//b", "s3://b/../x", "s3://b/./x",
		"s3://b/x?region=a&region=b", "s3://b/x?endpoint=ftp://h", "s3://b/x?endpoint=http://u:topsecret@h", "s3://b/x?path_style=maybe", "s3://b/x#y",
		"s3://k:topsecret@b:port/x",
	} {
		_, err := s3.Parse(url)
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%s: %v", url, err)
		if url != "s3://b/x?topsecret=1" {
			require.NotContains(t, err.Error()+fault.HintOf(err), "topsecret")
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("s3://b/team?endpoint=http://h:1")
	f.Fuzz(func(t *testing.T, url string) {
		l, err := s3.Parse(url)
		if err == nil {
			require.NotEmpty(t, l.Bucket)
			require.NotContains(t, "/"+l.Prefix+"/", "/../")
		} else {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		}
	})
}

func TestAStoreAsksTheNetworkNothingUntilItIsUsed(t *testing.T) {
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_REGION", "")
	asked := false
	dial := func(context.Context, string, string) (net.Conn, error) {
		asked = true
		return nil, fault.New(fault.Offline, "not asked")
	}
	_, err := s3.New(t.Context(), s3.Location{Bucket: "b"}, s3.Options{Dial: dial})
	require.ErrorContains(t, err, "no region is set")
	s, err := s3.New(t.Context(), s3.Location{Bucket: "b", Region: "eu-west-3"}, s3.Options{Dial: dial})
	require.NoError(t, err)
	require.False(t, asked)

	thrown := fault.New(fault.Offline, "the switch is thrown")
	guarded, err := s3.New(t.Context(), s3.Location{Bucket: "b", Region: "eu-west-3"}, s3.Options{Dial: dial, Guard: func() error { return thrown }})
	require.NoError(t, err)
	_, err = guarded.Stat(t.Context(), "a")
	require.ErrorIs(t, err, error(thrown))
	require.False(t, asked)

	_, err = s.Stat(t.Context(), "a")
	require.Equal(t, fault.Offline, fault.KindOf(err), "%v", err)
	require.True(t, asked)
}
