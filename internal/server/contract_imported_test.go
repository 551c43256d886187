package server_test

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/fred"
)

func TestTheWebClientFindsWhatTheFirstFredExported(t *testing.T) {
	f := newFred(shop())
	f.Offline = func() bool { return true }
	zip := testutil.Zip(t, "", testutil.FirstFred())
	_, err := f.Import(t.Context(), bytes.NewReader(zip), int64(len(zip)), fred.ImportOptions{Merge: fred.Newer})
	require.NoError(t, err)
	h := newServer(t, server.Options{Fred: f})
	in := "?cluster_name=" + url.QueryEscape(testutil.FirstFredEKS)
	for path, want := range map[string]string{
		"/fred/ai/cluster/facts" + in: `{"facts":[{"user":"ann","date":"2025-01-03T09:30:00Z","content":"Peak on Friday.","title":"peak","type":"requirement"}]}`,
		"/fred/ai/workload/facts" + in + "&namespace=shop&workload_name=web&kind=DEPLOYMENT": `{"facts":[{"user":"bob","date":"2025-01-02T09:30:00Z","content":"Owned by blue.","title":"owner","type":"domain"}]}`,
	} {
		got := ask(t, h, http.MethodGet, path)
		require.Equal(t, http.StatusOK, got.Code, got.Body)
		require.Equal(t, want, compact(t, got.Body.Bytes()))
	}
}
