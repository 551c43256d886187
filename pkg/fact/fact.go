// Package fact holds what people wrote about a cluster, a namespace or a
// workload: what one fact is, and how lists of them are changed and merged. It
// knows neither where facts are kept nor whether what they are about exists.
package fact

import (
	"cmp"
	"strings"
	"time"
)

// Type classes a fact. It is empty where nobody has said.
type Type string

// The types.
const (
	Domain      Type = "domain"
	Requirement Type = "requirement"
	Goal        Type = "goal"
	Compliance  Type = "compliance"
	Security    Type = "security"
	Cost        Type = "cost"
)

// Types are all of them, in the order in which they are offered.
var Types = []Type{Domain, Requirement, Goal, Compliance, Security, Cost}

// Scope is what a fact is about: a cluster if it is zero, a namespace of it if
// only that is set, else a workload. Which cluster is not part of it.
type Scope struct {
	Namespace string `json:"namespace,omitempty" doc:"Name of the namespace; none where it is about the cluster"`
	Kind      string `json:"kind,omitempty" doc:"Kind of the workload, such as Deployment; none where it is about more than one"`
	Name      string `json:"name,omitempty" doc:"Name of the workload; none where it is about more than one"`
}

// Fact is something that a person knows and no API says. Within its scope its
// title tells it from every other, to the byte.
type Fact struct {
	User    string    `json:"user" doc:"Who wrote it"`
	Date    time.Time `json:"date" doc:"When it was written"`
	Content string    `json:"content" doc:"What there is to know"`
	Title   string    `json:"title" doc:"What it is about; unique within its scope"`
	Type    Type      `json:"type,omitempty" enum:"domain,requirement,goal,compliance,security,cost" doc:"What sort of fact it is"`
	Scope
}

// key tells facts apart.
type key struct {
	scope Scope
	title string
}

func (f Fact) key() key { return key{f.Scope, f.Title} }

// Equal reports whether f and other are the same in all they say, their dates as
// instants.
func (f Fact) Equal(other Fact) bool {
	same := f.Date.Equal(other.Date)
	f.Date, other.Date = time.Time{}, time.Time{}
	return same && f == other
}

// outdoes reports whether f takes the place of have, which has the same key: the
// later one does. Of two that were written at the same instant it is the longer,
// then the one that sorts last, so that both sides of a merge decide alike; with
// the same content have stays.
func (f Fact) outdoes(have Fact) bool {
	return cmp.Or(
		f.Date.Compare(have.Date),
		cmp.Compare(len(f.Content), len(have.Content)),
		strings.Compare(f.Content, have.Content),
	) > 0
}
