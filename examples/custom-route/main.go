// Command custom-route is fred with a route of its own: GET /fred/acme/images
// lists the images that run, and how many workloads use each.
package main

import (
	"encoding/json"
	"net/http"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/app"
	"github.com/fredctl/fred/pkg/fred"
)

func main() {
	os.Exit(app.Main(app.WithRoute(huma.Operation{
		OperationID: "get-acme-images", Method: http.MethodGet, Path: "/acme/images",
		Summary: "The images that run, and how many workloads use each", Tags: []string{"acme"},
	}, images)))
}

func images(f *fred.Fred) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		list, err := f.Workloads(r.Context(), fred.Query{AllNamespaces: true})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		count := map[string]int{}
		for _, workload := range list.Items {
			for _, image := range workload.Images {
				count[image]++
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(count) // the client has gone
	})
}
