package s3

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fredctl/fred/pkg/fault"
)

// Location says where a cache is and how it is reached. It holds no secret.
type Location struct {
	Bucket    string
	Prefix    string // of all keys, without a slash at either end; empty for the whole bucket
	Endpoint  string // URL of what speaks S3; empty for Amazon's own
	Region    string // empty for that of the environment
	Profile   string // of the shared AWS files; empty for that of the environment
	PathStyle bool   // the bucket is in the path of requests, not in the host
}

const (
	form       = "Write s3://BUCKET/PREFIX, with ?endpoint=, region=, profile= or path_style= as needed."
	maxKey     = 1024 // bytes, of S3
	maxPrefix  = 256  // which leaves room for the names
	parameters = "endpoint, region, profile and path_style"
)

// Parse reads s3://bucket/prefix?endpoint=…&region=…&profile=…&path_style=….
// Path style is on where an endpoint is given and nothing else is said. What
// else is in it is a fault of kind Invalid that names it.
func Parse(raw string) (Location, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return Location{}, invalid("it is no URL").Hinted(form) // err repeats the URL, and what secret is in it
	case u.User != nil:
		return Location{}, invalid("credentials do not belong there").
			Hinted("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, instead.")
	case u.Scheme != "s3" || u.Host == "" || u.Fragment != "":
		return Location{}, invalid("it does not name a bucket").Hinted(form)
	}
	l := Location{Bucket: u.Host}
	if l.Prefix, err = prefix(u.Path); err != nil {
		return Location{}, err
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Location{}, invalid("its parameters cannot be read").Hinted(form)
	}
	return l, l.set(values)
}

func invalid(format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "cache.url: "+format, args...)
}

// prefix refuses what an S3 would take for another key than is written.
func prefix(path string) (string, error) {
	p := strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if p == "" {
		return "", nil
	}
	if len(p) > maxPrefix {
		return "", invalid("its prefix is longer than %d bytes", maxPrefix)
	}
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", invalid("its prefix has an empty part, or one of dots alone").Hinted(form)
		}
	}
	return p, nil
}

func (l *Location) set(values url.Values) error {
	for name, all := range values {
		if len(all) > 1 {
			return invalid("%s is given more than once", name)
		}
		if err := l.setOne(name, all[0]); err != nil {
			return err
		}
	}
	if !values.Has("path_style") {
		l.PathStyle = l.Endpoint != ""
	}
	return nil
}

func (l *Location) setOne(name, value string) (err error) {
	switch name {
	case "endpoint":
		u, err := url.Parse(value)
		if err != nil || !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return invalid("its endpoint is not the URL of a server").Hinted("Write endpoint=https://HOST:PORT.")
		}
		l.Endpoint = value
	case "region":
		l.Region = value
	case "profile":
		l.Profile = value
	case "path_style":
		if l.PathStyle, err = strconv.ParseBool(value); err != nil {
			return invalid("path_style is %q", value).Hinted("Write path_style=true or path_style=false.")
		}
	default:
		return invalid("there is no parameter %q", name).Hinted("There are %s.", parameters)
	}
	return nil
}

// String names the bucket and the prefix, for people.
func (l Location) String() string {
	if l.Prefix == "" {
		return "s3://" + l.Bucket
	}
	return "s3://" + l.Bucket + "/" + l.Prefix
}

// Place is String, for the Store that embeds l.
func (l Location) Place() string { return l.String() }

// root is what every key begins with.
func (l Location) root() string {
	if l.Prefix == "" {
		return ""
	}
	return l.Prefix + "/"
}
