package legacy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
)

// Reader makes an Export of the files of a zip, which may come in any order. It is
// used by one goroutine.
type Reader struct {
	keep     Keep
	clusters map[string]*cluster // by what a path can hold of their names
	names    map[string]string   // full names by that, where they have more
	secrets  secrets
	problems []Problem
}

// New returns a Reader. Where keep is nil nothing is read of manifests.
func New(keep Keep) *Reader {
	return &Reader{keep: keep, clusters: map[string]*cluster{}, names: map[string]string{}, secrets: secrets{}}
}

// cluster is what was read of one so far.
type cluster struct {
	at         time.Time
	namespaces namespaces
	lists      map[listKey]*list
	facts      fact.List
	factsAt    time.Time
	artifacts  []Artifact
}

var (
	errShape  = errors.New("it is not JSON of the shape that its name promises")
	errEmpty  = errors.New("it says nothing that can be kept")
	errObject = errors.New("the manifest in it cannot be read; its name is kept")
)

// Add reads one file, by its name below the folder with kube and ai. What cannot be
// read is a Problem of the Export.
func (r *Reader) Add(name string, at time.Time, data []byte) {
	p, ok := parse(name)
	switch {
	case !ok:
		r.problems = append(r.problems, Problem{File: name, Reason: "not a file of the first Fred's", Foreign: true})
		return
	case p.file == "ClusterList":
		r.problem(name, r.clusterList(at, data))
	default:
		c := r.cluster(p.cluster, at)
		r.problem(name, r.read(c, p, at, data))
	}
}

func (r *Reader) problem(file string, err error) {
	if err != nil {
		r.problems = append(r.problems, Problem{File: file, Reason: err.Error()})
	}
}

func (r *Reader) read(c *cluster, p place, at time.Time, data []byte) error {
	switch p.file {
	case "NamespacesList":
		return r.namespacesList(c, p, at, data)
	case "Namespace":
		return c.namespace(p.scope.Namespace, at, data)
	case "WorkloadNameList":
		return c.workloadNames(p, at, data)
	case "Workload":
		return r.workload(c, p, at, data)
	case "ConfigMapsList", "ServicesList", "IngressesList":
		return r.wired(c, p, at, data)
	case "Facts":
		return r.readFacts(c, p.scope, at, data)
	default:
		return c.artifact(p, at, data)
	}
}

func (r *Reader) cluster(name string, at time.Time) *cluster {
	c := r.clusters[name]
	if c == nil {
		c = &cluster{at: at, namespaces: namespaces{known: map[string]kube.Namespace{}}, lists: map[listKey]*list{}}
		r.clusters[name] = c
	}
	c.at = older(c.at, at)
	return c
}

func (r *Reader) clusterList(at time.Time, data []byte) error {
	var file struct {
		Clusters []struct {
			FullName string `json:"fullname"`
		} `json:"clusters_list"`
	}
	if err := decode(data, &file); err != nil {
		return err
	}
	for _, c := range file.Clusters {
		if !sane(c.FullName) {
			return errShape
		}
		r.cluster(r.learnName(c.FullName), at)
	}
	return nil
}

// learnName remembers a full name, and returns what a path can hold of it: Azure's
// names begin with a slash.
func (r *Reader) learnName(full string) string {
	short := strings.Trim(path.Clean("/"+full), "/")
	if short == "" {
		return full
	}
	r.names[short] = full
	return short
}

// sane reports whether a text can be the name of a context.
func sane(name string) bool {
	return strings.TrimSpace(name) != "" && len(name) <= 1024 && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Export returns what was read.
func (r *Reader) Export() Export {
	out := Export{Problems: r.problems}
	masker := r.secrets.masker()
	for short, c := range r.clusters {
		name := cmp.Or(r.names[short], short)
		for i := range c.artifacts {
			c.artifacts[i].Value = masked(c.artifacts[i].Value, masker)
		}
		slices.SortFunc(c.artifacts, func(a, b Artifact) int { return cmp.Or(compare(a.Scope, b.Scope), strings.Compare(a.Kind, b.Kind)) })
		slices.SortStableFunc(c.facts, func(a, b fact.Fact) int { return compare(a.Scope, b.Scope) }) // within one, as people wrote them
		out.Clusters = append(out.Clusters, Cluster{
			Name: name, At: c.at, Lists: c.allLists(), Facts: c.facts, FactsAt: c.factsAt, Artifacts: c.artifacts,
		})
	}
	slices.SortFunc(out.Clusters, func(a, b Cluster) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func compare(a, b fact.Scope) int {
	return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
}

// decode reads data, one JSON object, into v.
func decode(data []byte, v any) error {
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) || json.Unmarshal(data, v) != nil {
		return errShape
	}
	return nil
}

func older(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
