package finops

import (
	"regexp"
	"strings"
)

// What bills and clusters call one thing differs. Keys are what both are brought to.

// zonal is what Google calls what lies in a zone or region.
var zonal = regexp.MustCompile(`projects/([^/]+)/(?:zones|regions)/([^/]+)/(?:instances|disks)/([^/]+)$`)

// inSet is what Azure calls a machine of a scale set, which it bills as a whole.
var inSet = regexp.MustCompile(`^(/subscriptions/.*/virtualmachinescalesets/[^/]+)/virtualmachines/[^/]+$`)

// ScaleSet returns the name of the scale set of Azure that a node is of, by its provider
// ID; "" if it is of none. What is billed of a set is of all its nodes.
func ScaleSet(id string) string { return last(setKey(id), "/") }

// setKey returns the key of the scale set that a node is of; "" if it is of none.
func setKey(id string) string {
	_, path, _ := strings.Cut(strings.ToLower(id), "://")
	if set := inSet.FindStringSubmatch(path); set != nil {
		return set[1]
	}
	return ""
}

// resourceKeys returns the keys of what a cluster says that its provider calls a node
// (its provider ID) or a volume.
func resourceKeys(id string) []string {
	id = strings.ToLower(strings.TrimSpace(id))
	scheme, path, ok := strings.Cut(id, "://")
	if !ok {
		scheme, path = "", id
	}
	switch {
	case path == "":
		return nil
	case scheme == "gce":
		parts := strings.Split(path, "/")
		if len(parts) != 3 {
			return nil
		}
		return []string{"gce " + strings.Join(parts, " ")}
	case strings.HasPrefix(strings.TrimPrefix(path, "/"), "subscriptions/"):
		path = "/" + strings.TrimPrefix(path, "/")
		return []string{path}
	default:
		return chargeKeys(strings.TrimPrefix(path, "/"))
	}
}

// alone are the last parts of IDs that stand for them, since nothing else is called so:
// those of AWS's instances, volumes and file systems, and UUIDs.
var alone = regexp.MustCompile(`^(?:(?:i|vol|fs)-[0-9a-f]{8,17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

// chargeKeys returns the keys of what a bill calls a resource, in lower case.
func chargeKeys(resource string) []string {
	if g := zonal.FindStringSubmatch(resource); g != nil {
		return []string{"gce " + g[1] + " " + g[2] + " " + g[3]}
	}
	if strings.HasPrefix(resource, "/subscriptions/") {
		return []string{resource}
	}
	keys := []string{resource}
	if tail := last(resource, "/:"); tail != resource && alone.MatchString(tail) {
		keys = append(keys, tail)
	}
	if key := balancerKey(resource); key != "" {
		keys = append(keys, key)
	}
	return keys
}

// last returns what follows the last of the separators.
func last(s, separators string) string {
	return s[strings.LastIndexAny(s, separators)+1:]
}

// eks is what AWS calls a cluster, and what is of one.
var eks = regexp.MustCompile(`^arn:aws[a-z-]*:eks:([^:]*):([^:]*):(cluster|nodegroup|fargateprofile|addon)/([^/]+)`)

// aks is what Azure calls a cluster.
var aks = regexp.MustCompile(`/microsoft\.containerservice/managedclusters/([^/]+)`)

// gke is what Google calls a cluster, as it does those of other services.
var gke = regexp.MustCompile(`^(//[^/]+/)?(?:v1/)?projects/([^/]+)/(?:zones|locations|regions)/([^/]+)/clusters/([^/]+)`)

// gkeContext is what Google's tools call the context of a cluster.
var gkeContext = regexp.MustCompile(`^gke_([^_]+)_([^_]+)_.+$`)

// clusterIn returns the name of the Kubernetes cluster that the ID of a resource is of,
// where that is and what part it is, all in lower case.
func clusterIn(resource, service string) (name, place string, part Part, ok bool) {
	if g := eks.FindStringSubmatch(resource); g != nil {
		if g[3] == "cluster" {
			part = ControlPlane
		}
		return g[4], g[2] + " " + g[1], part, true
	}
	if g := aks.FindStringSubmatch(resource); g != nil {
		return g[1], "", ControlPlane, true
	}
	if g := gke.FindStringSubmatch(resource); g != nil && (g[1] == "//container.googleapis.com/" || g[1] == "" && managed(service)) {
		return g[4], g[2] + " " + g[3], ControlPlane, true
	}
	return "", "", Other, false
}

// placeOf returns where a cluster is, by what its context is called; "" if that does not
// tell.
func placeOf(name string) string {
	if g := eks.FindStringSubmatch(name); g != nil {
		return g[2] + " " + g[1]
	}
	if g := gkeContext.FindStringSubmatch(name); g != nil {
		return g[1] + " " + g[2]
	}
	return ""
}

// managed reports whether a service is one that runs Kubernetes.
func managed(service string) bool {
	return strings.Contains(service, "kubernetes") || strings.Contains(service, "container service for k")
}

// fileSystem returns the key of the file system of AWS that a volume is a part of; "" if
// it is of none.
func fileSystem(volume string) string {
	id, _, _ := strings.Cut(volume, ":")
	if alone.MatchString(id) && strings.HasPrefix(id, "fs-") {
		return id
	}
	return ""
}

// awsBalancer is the ARN of a load balancer: its region, kind, name and ID.
var awsBalancer = regexp.MustCompile(`^arn:aws[a-z-]*:elasticloadbalancing:([^:]*):[^:]*:loadbalancer/(?:(net|app|gwy)/)?([^/]+)(?:/([0-9a-f]+))?$`)

// awsAddress is what a load balancer of AWS is reached at: its name, a number, which of
// one of the network is its ID, and its region.
var awsAddress = regexp.MustCompile(`^(?:internal-)?(.+)-([0-9a-f]+)\.(?:([a-z0-9-]+)\.elb|elb\.([a-z0-9-]+))\.amazonaws\.com(?:\.cn)?$`)

// balancerKey returns the key of the load balancer that an ARN is of; "" if of none.
func balancerKey(arn string) string {
	g := awsBalancer.FindStringSubmatch(arn)
	switch {
	case g == nil:
		return ""
	case g[2] == "net":
		return strings.Join([]string{"balancer", g[1], g[3], g[4]}, " ")
	default: // whose address has a number of its own
		return strings.Join([]string{"balancer", g[1], g[3]}, " ")
	}
}

// balancerKeys returns the keys of the load balancer at an address.
func balancerKeys(address string) []string {
	address = strings.ToLower(address)
	keys := []string{address}
	if g := awsAddress.FindStringSubmatch(address); g != nil {
		if g[3] != "" {
			return append(keys, strings.Join([]string{"balancer", g[3], g[1]}, " "))
		}
		keys = append(keys, strings.Join([]string{"balancer", g[4], g[1], g[2]}, " "))
	}
	return keys
}
