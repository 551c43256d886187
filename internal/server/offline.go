package server

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Offline is the switch that cuts fred off from its sources. It is safe for
// concurrent use.
type Offline interface {
	On() bool
	// Set throws the switch, or takes it back, until the process ends.
	Set(on bool)
}

// uiOffline is the state of the switch as the web client knows it.
type uiOffline struct {
	IsOffline bool `json:"is_offline" doc:"No source is asked"`
}

// offlineState is the state of the switch.
type offlineState struct {
	Offline bool `json:"offline" doc:"No source is asked: what is cached is all there is"`
}

type offlineInput struct{ Body offlineState }

type offlineOutput struct{ Body offlineState }

// offline registers what looks at the switch and throws it. It is one for all
// who ask this server, and back where the settings have it after a restart.
func (s *Server) offline() {
	s.mux.HandleFunc("GET "+s.Base+"/offline_status", func(w http.ResponseWriter, _ *http.Request) {
		sendJSON(w, http.StatusOK, jsonType, uiOffline{s.Offline.On()})
	})
	s.mux.HandleFunc("PUT "+s.Base+"/toggle_offline", s.uiToggle)
	s.document(s.Base+"/offline_status", "Whether sources are asked", "web client", "ui-offline-status", reflect.TypeFor[uiOffline]())
	s.documentToggle()
	path := s.Base + "/v1/offline"
	huma.Register(s.api, huma.Operation{
		OperationID: "get-offline", Method: http.MethodGet, Path: path, Summary: "Whether sources are asked", Tags: []string{"system"},
	}, func(context.Context, *struct{}) (*offlineOutput, error) {
		return &offlineOutput{offlineState{s.Offline.On()}}, nil
	})
	huma.Register(s.api, huma.Operation{
		OperationID: "put-offline", Method: http.MethodPut, Path: path, Tags: []string{"system"},
		Summary: "Ask no source any more, or ask again; until the process ends",
	}, func(_ context.Context, in *offlineInput) (*offlineOutput, error) {
		s.Offline.Set(in.Body.Offline)
		return &offlineOutput{in.Body}, nil
	})
}

// uiToggle throws the switch, and echoes what it was told.
func (s *Server) uiToggle(w http.ResponseWriter, r *http.Request) {
	on, wrong := readToggle(r)
	if wrong != nil {
		sendJSON(w, http.StatusUnprocessableEntity, jsonType, contractError{wrong, wrong.sentence()})
		return
	}
	s.Offline.Set(on)
	sendJSON(w, http.StatusOK, jsonType, uiOffline{on})
}

// readToggle reads an uiOffline as loosely as the first Fred did.
func readToggle(r *http.Request) (on bool, wrong uiWrong) {
	var body struct {
		IsOffline any `json:"is_offline"`
	}
	loc := []string{"body", "is_offline"}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return false, uiWrong{{Type: "json_invalid", Loc: loc[:1], Message: "JSON decode error"}}
	}
	switch v := body.IsOffline.(type) {
	case nil:
		return false, uiWrong{{Type: "missing", Loc: loc, Message: "Field required"}}
	case bool:
		return v, nil
	case float64:
		if v == 0 || v == 1 {
			return v == 1, nil
		}
	case string:
		switch strings.ToLower(v) {
		case "true", "t", "yes", "y", "on", "1":
			return true, nil
		case "false", "f", "no", "n", "off", "0":
			return false, nil
		}
	}
	return false, uiWrong{{Type: "bool_parsing", Loc: loc, Message: "Input should be a valid boolean, unable to interpret input"}}
}

func (s *Server) documentToggle() {
	state := s.describe(reflect.TypeFor[uiOffline](), "ui-toggle-offline")
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "ui-toggle-offline", Method: http.MethodPut, Path: s.Base + "/toggle_offline", Tags: []string{"web client"},
		Summary:     "Ask no source any more, or ask again",
		RequestBody: &huma.RequestBody{Required: true, Content: state.Content},
		Responses:   map[string]*huma.Response{"200": state},
	})
}
