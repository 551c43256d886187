// Package legacy reads the zips that the first Fred exported: what each file is
// called, what is in it, and what of that may be kept. It knows nothing of stores
// and no Kubernetes client: whoever uses it says how a manifest is read.
//
// Such a zip holds what somebody happened to look at. What it lacks is not known,
// and never zero. It is not trusted either: of a manifest that is kept which a
// collector would keep, and texts that a model wrote lose what the manifests beside
// them show to be a secret.
package legacy

import (
	"time"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
)

// Keep returns what may be kept of one object of r, as the API server writes it.
type Keep func(r kube.Resource, object []byte) (kube.Inventory, error)

// Export is what a zip tells.
type Export struct {
	Clusters []Cluster // by name
	Problems []Problem // in the order of the files
}

// Problem is why something of a file was left out. It quotes nothing of the file.
type Problem struct {
	File    string
	Reason  string
	Foreign bool // the file is none of the first Fred's; nothing is missing
}

// Cluster is what is told of one cluster.
type Cluster struct {
	Name      string    // kubeconfig context
	At        time.Time // of the oldest file that names it
	Lists     []List
	Facts     fact.List
	FactsAt   time.Time // of the newest file of facts
	Artifacts []Artifact
}

// List is a list of one resource: of a namespace, or of the cluster if that is "".
type List struct {
	Resource  kube.Resource
	Namespace string
	Inventory kube.Inventory
	At        time.Time // of the oldest file that it is made of
}

// Artifact is something that a model wrote.
type Artifact struct {
	Scope fact.Scope // what it is about
	Kind  string     // one of Artifacts
	Value any        // in the shape that the web client knows
	At    time.Time
}

// Artifacts are the kinds of artifacts.
var Artifacts = []string{"summary", "id", "essentials", "advanced", "scores", "services", "ingresses"}
