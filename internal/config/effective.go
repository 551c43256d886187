package config

import (
	"strings"

	"github.com/spf13/viper"
)

// Setting is one setting as it is in force.
type Setting struct {
	Path  string
	Value any
	From  string // flag, environment, file or default
}

// Path returns the settings file that s means.
func (s Sources) Path() string {
	if s.File != "" {
		return s.File
	}
	return DefaultFile()
}

// Effective returns every setting as Load would have it, and where it comes from.
func Effective(s Sources) ([]Setting, error) {
	v := viper.New()
	if err := readFile(v, s); err != nil {
		return nil, err
	}
	var all []Setting
	for _, f := range Fields() {
		set := Setting{Path: f.Path, Value: f.Default, From: "default"}
		if v.InConfig(f.Path) {
			set.Value, set.From = v.Get(f.Path), "file"
		}
		if value := s.Env(f.Env); value != "" && f.Leaf {
			set.Value, set.From = envValue(f, value), "environment"
		}
		if value, ok := s.Flags[f.Path]; ok {
			set.Value, set.From = value, "flag"
		}
		switch {
		case set.Value == nil:
			set.Value = "-"
		case f.Secret:
			set.Value = masked(set.Value)
		case !f.Leaf:
			set.Value = maskedWithin(set.Value)
		}
		all = append(all, set)
	}
	return all, nil
}

// masked shows of a secret, or of a list of them, where it is to be had at most.
func masked(value any) string {
	if s, ok := value.(string); ok {
		return Secret(s).String()
	}
	return "(set)"
}

// maskedWithin returns value, settings as the file has them in a list, without the
// secrets in it.
func maskedWithin(value any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = maskedWithin(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			if secretKeys()[strings.ToLower(key)] {
				out[key] = masked(inner)
			} else {
				out[key] = maskedWithin(inner)
			}
		}
		return out
	}
	return value
}

// secretKeys are the last words of the paths of secrets.
func secretKeys() map[string]bool {
	keys := map[string]bool{}
	for _, f := range Fields() {
		if f.Secret {
			keys[strings.ToLower(f.Path[strings.LastIndex(f.Path, ".")+1:])] = true
		}
	}
	return keys
}

// Document returns docs/settings.md: every setting, made from the struct.
func Document() string {
	var b strings.Builder
	b.WriteString("# Settings\n\n")
	b.WriteString("Settings are read from `~/.fred/config.yaml` (another file with `--config` or `FRED_CONFIG`),\n")
	b.WriteString("from the environment and from flags; flags win over the environment, the environment over the\n")
	b.WriteString("file. `fred config view` prints what is in force. This page is made from the source.\n\n")
	b.WriteString("| setting | environment | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, f := range Fields() {
		env, value := "`"+f.Env+"`", "-"
		if !f.Leaf {
			env = "-"
		}
		if d, ok := f.Default.(string); ok {
			value = "`" + d + "`"
		}
		b.WriteString("| `" + f.Path + "` | " + env + " | " + value + " | " + f.Doc + " |\n")
	}
	b.WriteString("\nA secret, such as `prometheus.token`, may be given as where it is to be had: `env:NAME`, `file:PATH`, or\n")
	b.WriteString("`command:PROGRAM ARGUMENTS`, which is run without a shell. `fred config view` shows that, and never a secret.\n")
	b.WriteString("\nSettings of single clusters are a list, since names of contexts may hold anything:\n\n```yaml\nclusters:\n")
	b.WriteString("  - context: \"arn:aws:eks:*\"   # a name, or a glob\n    namespaces: [shop, billing] # read these where whole lists are forbidden\n")
	b.WriteString("  - context: kind-dev\n    alias: dev\n```\n")
	return b.String()
}
