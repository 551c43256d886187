package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
)

// toggle is a switch before nothing.
type toggle struct{ on bool }

func (o *toggle) On() bool    { return o.on }
func (o *toggle) Set(on bool) { o.on = on }

func TestTheSwitchIsThrownAndTakenBack(t *testing.T) {
	o := &toggle{}
	url, _ := running(t, newServer(t, server.Options{Fred: newFred(shop()), Offline: o}))
	tests := []struct {
		body   string
		status int
		on     bool
		says   string
	}{
		{`{"is_offline":true}`, 200, true, `"is_offline": true`},
		{`{"is_offline":false}`, 200, false, `"is_offline": false`},
		{`{"is_offline":"yes"}`, 200, true, `"is_offline": true`},
		{`{"is_offline":0}`, 200, false, `"is_offline": false`},
		{`{"is_offline":"On"}`, 200, true, `"is_offline": true`},
		{`{"is_offline":"perhaps"}`, 422, true, `"type": "bool_parsing"`},
		{`{"is_offline":2}`, 422, true, `"type": "bool_parsing"`},
		{`{}`, 422, true, `"type": "missing"`},
		{`{"is_offline`, 422, true, `"type": "json_invalid"`},
		{`[]`, 422, true, `"message": "body: `},
		{``, 422, true, `"type": "json_invalid"`},
	}
	for _, test := range tests {
		res, got := send(t, http.MethodPut, url+"/fred/toggle_offline", "application/json", strings.NewReader(test.body))
		require.Equal(t, test.status, res.status, "%s: %s", test.body, got)
		require.Contains(t, got, test.says)
		require.Equal(t, test.on, o.on, test.body)
	}
	_, got := send(t, http.MethodGet, url+"/fred/offline_status", "", nil)
	require.Contains(t, got, `"is_offline": true`)
	res, got := send(t, http.MethodPut, url+"/fred/v1/offline", "application/json", strings.NewReader(`{"offline":false}`))
	require.Equal(t, http.StatusOK, res.status, got)
	require.False(t, o.on)
	res, got = send(t, http.MethodPut, url+"/fred/v1/offline", "application/json", strings.NewReader(`{"offline":"perhaps"}`))
	require.Equal(t, http.StatusUnprocessableEntity, res.status, got)
	_, got = send(t, http.MethodGet, url+"/fred/v1/offline", "", nil)
	require.Contains(t, got, `"offline": false`)
}
