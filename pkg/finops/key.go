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
// those of AWS's instances and volumes, and UUIDs.
var alone = regexp.MustCompile(`^(?:(?:i|vol)-[0-9a-f]{8,17}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`)

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
	if name, ok := awsBalancer(resource); ok {
		keys = append(keys, balancerKey(name))
	}
	return keys
}

// last returns what follows the last of the separators.
func last(s, separators string) string {
	return s[strings.LastIndexAny(s, separators)+1:]
}

// awsBalancer returns the name of the load balancer that an ARN is of.
func awsBalancer(arn string) (string, bool) {
	_, path, ok := strings.Cut(arn, ":loadbalancer/")
	if !ok {
		return "", false
	}
	parts := strings.Split(path, "/") // net/NAME/ID, app/NAME/ID or NAME
	if len(parts) == 3 {
		return parts[1], true
	}
	return parts[0], true
}

func balancerKey(name string) string { return "balancer " + name }

// awsAddress is what a load balancer of AWS is reached at: its name and a number.
var awsAddress = regexp.MustCompile(`^(?:internal-)?(.+)-[0-9a-f]+\.(?:[a-z0-9-]+\.elb|elb\.[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$`)

// balancerKeys returns the keys of the load balancer at an address.
func balancerKeys(address string) []string {
	address = strings.ToLower(address)
	keys := []string{address}
	if m := awsAddress.FindStringSubmatch(address); m != nil {
		keys = append(keys, balancerKey(m[1]))
	}
	return keys
}
