package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"

	"github.com/fredctl/fred/pkg/fault"
)

// Sources are what settings are read from.
type Sources struct {
	File  string              // "" means the default file, which need not be there
	Env   func(string) string // os.Getenv
	Flags map[string]any      // by setting path, such as "server.port"; only those that were given
}

// Load returns the settings, checked.
func Load(s Sources) (Config, error) {
	v := viper.New()
	for _, f := range Fields() {
		v.SetDefault(f.Path, f.Default)
		if value := s.Env(f.Env); value != "" && f.Leaf {
			v.Set(f.Path, envValue(f, value))
		}
	}
	if err := readFile(v, s); err != nil {
		return Config{}, err
	}
	for path, value := range s.Flags {
		v.Set(path, value)
	}
	var c Config
	err := v.Unmarshal(&c, func(d *mapstructure.DecoderConfig) {
		d.TagName = "key"
		d.ErrorUnused = true
		d.DecodeHook = mapstructure.ComposeDecodeHookFunc(d.DecodeHook, mapstructure.TextUnmarshallerHookFunc())
	})
	if err != nil {
		return Config{}, asFault(err, v)
	}
	if c.Import.Entries < 1 || c.Import.Ratio < 1 {
		return Config{}, fault.New(fault.Invalid, "import.entries and import.ratio must be positive").Hinted("Leave them out for the defaults.")
	}
	c.Cache.URL = expandHome(c.Cache.URL)
	return c, nil
}

// envValue splits what a list is given as.
func envValue(f Field, value string) any {
	if f.List {
		return strings.Split(value, ",")
	}
	return value
}

func readFile(v *viper.Viper, s Sources) error {
	path, explicit := s.File, s.File != ""
	if !explicit {
		path = DefaultFile()
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !explicit {
		return nil
	}
	if err != nil {
		return fault.New(fault.Invalid, "read settings: %w", err).Hinted("Check --config and FRED_CONFIG.")
	}
	v.SetConfigType("yaml")
	if err := v.ReadConfig(strings.NewReader(string(b))); err != nil {
		return fault.New(fault.Invalid, "read settings %s: %w", path, err).Hinted("See docs/settings.md for what may be in it.")
	}
	if older(v) {
		return fault.New(fault.Invalid, "%s is a configuration of the older Fred", path).
			Hinted("See docs/migration.md for the settings that take its place.")
	}
	return nil
}

// older reports whether the settings are those of the Python server.
func older(v *viper.Viper) bool {
	return v.InConfig("dao") || v.InConfig("frontend_settings") || v.InConfig("database")
}

// DefaultFile is where the settings file is if nobody says otherwise.
func DefaultFile() string { return filepath.Join(Home(), "config.yaml") }

// Home is the folder where fred keeps its own: ~/.fred.
func Home() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".fred"
	}
	return filepath.Join(home, ".fred")
}

func expandHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

func asFault(err error, v *viper.Viper) error {
	known := map[string]bool{}
	for _, f := range Fields() {
		known[strings.ToLower(f.Path)] = true
	}
	for _, key := range v.AllKeys() {
		if known[key] || strings.HasPrefix(key, "clusters") {
			continue
		}
		return fault.New(fault.Invalid, "there is no setting %q", key).Hinted("%s", suggestion(key))
	}
	return fault.New(fault.Invalid, "settings: %w", err).Hinted("See docs/settings.md, or run: fred config view.")
}

// suggestion names the setting that has the most in common with key.
func suggestion(key string) string {
	best := slices.MaxFunc(Fields(), func(a, b Field) int { return common(a.Path, key) - common(b.Path, key) })
	if common(best.Path, key) < 3 {
		return "See docs/settings.md for all settings."
	}
	return fmt.Sprintf("Did you mean %q?", best.Path)
}

// common is the number of leading and trailing letters that a and b share.
func common(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	m := 0
	for m < len(a)-n && m < len(b)-n && a[len(a)-1-m] == b[len(b)-1-m] {
		m++
	}
	return n + m
}

// Field is one setting.
type Field struct {
	Path    string // such as "server.port"
	Env     string // such as FRED_SERVER_PORT
	Doc     string
	Default any
	Leaf    bool // it may be set from the environment
	List    bool
	Secret  bool
}

// Fields returns all settings in the order of the documentation.
func Fields() []Field {
	return fields(reflect.TypeFor[Config](), "")
}

func fields(t reflect.Type, prefix string) []Field {
	var all []Field
	for f := range t.Fields() {
		path := prefix + f.Tag.Get("key")
		if f.Type.Kind() == reflect.Struct {
			all = append(all, fields(f.Type, path+".")...)
			continue
		}
		list := f.Type.Kind() == reflect.Slice
		field := Field{
			Path: path, Env: "FRED_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_")), Doc: f.Tag.Get("doc"),
			Leaf: !list || f.Type.Elem().Kind() == reflect.String, List: list,
			Secret: f.Type == reflect.TypeFor[Secret]() || list && f.Type.Elem() == reflect.TypeFor[Secret](),
		}
		if d, ok := f.Tag.Lookup("default"); ok {
			field.Default = d
		}
		all = append(all, field)
	}
	return all
}
