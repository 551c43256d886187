// Package archtest holds the import arrows of docs/architecture.md as a test.
package archtest

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/fredctl/fred/"

// never maps a package to import prefixes it must not depend on, directly or
// not, with the reason a developer will read.
var never = map[string]map[string]string{
	"pkg/unit":   {module: "quantities know nothing of fred", "net/http": "quantities do no I/O"},
	"pkg/fault":  {module: "errors know nothing of fred"},
	"pkg/money":  {module: "amounts know nothing of fred", "net/http": "amounts do no I/O"},
	"pkg/redact": {module: "what is secret is decided without the rest", "net/http": "redaction does no I/O"},
	"pkg/kube":   {"net/http": "what runs is told without I/O", "k8s.io/": "the model knows no client", module + "pkg/cache": "the model knows no cache"},
	"pkg/pseudonym": {
		"net/http": "masking asks nobody", "k8s.io/": "masking knows no client", module + "pkg/cache": "masking knows no cache", module + "pkg/fred": "masking knows no use case",
	},
	"pkg/window":    {"net/http": "time is told without I/O", module + "pkg/kube": "windows know no subject"},
	"pkg/bill":      {"net/http": "what is billed is told without I/O", module + "pkg/kube": "bills know no cluster", module + "pkg/collector": "charges are handed over", module + "pkg/cache": "bills are no cache"},
	"pkg/factor":    {"net/http": "tables are asked without I/O", "k8s.io/": "tables know no cluster", module + "pkg/cache": "tables are no cache"},
	"pkg/finops":    {"net/http": "calculations do no I/O", "k8s.io/": "calculations do no I/O", module + "pkg/kube": "costs know no inventory", module + "pkg/cache": "calculations know no cache", module + "pkg/collector": "calculations are handed their charges"},
	"pkg/footprint": {"net/http": "calculations do no I/O", "k8s.io/": "calculations do no I/O", module + "pkg/cache": "calculations know no cache", module + "pkg/collector": "calculations are handed their figures"},
	"pkg/collector/prometheus": {
		module + "pkg/cache": "collectors do not know that they are cached", module + "pkg/fred": "collectors know no use case", "k8s.io/": "Prometheus is no part of Kubernetes", "github.com/spf13/": "collectors know no flags",
	},
	"pkg/collector/grid": {
		module + "pkg/cache": "collectors do not know that they are cached", module + "pkg/fred": "collectors know no use case", module + "pkg/kube": "grids are no part of Kubernetes", "k8s.io/": "grids are no part of Kubernetes", "github.com/spf13/": "collectors know no flags",
	},
	"pkg/collector/focus": {
		module + "pkg/cache": "collectors do not know that they are cached", module + "pkg/fred": "collectors know no use case", module + "pkg/kube": "bills are no part of Kubernetes", "k8s.io/": "bills are no part of Kubernetes", "github.com/spf13/": "collectors know no flags",
	},
	"pkg/report": {module + "pkg/kube": "the envelope knows no subject", "net/http": "the envelope does no I/O"},
	"pkg/fact":   {module + "pkg/kube": "what people write knows no inventory", module + "pkg/cache": "what people write does not know where it is kept", "net/http": "facts do no I/O"},
	"pkg/legacy": {module + "pkg/cache": "a reader of zips does not know where it goes", module + "pkg/collector": "it is handed how manifests are read", "k8s.io/": "it knows no client", "net/http": "it does no I/O"},
	"pkg/cache": {
		module + "pkg/kube": "the cache knows no subject", module + "pkg/collector": "the cache knows no collector", "k8s.io/": "the cache knows no collector",
	},
	"pkg/cache/layer": {"github.com/aws/": "copies are kept of any cache elsewhere"},
	"pkg/collector/kubernetes": {
		module + "pkg/cache": "collectors do not know that they are cached", module + "pkg/fred": "collectors know no use case", "github.com/spf13/cobra": "collectors know no flags",
	},
	"pkg/fred": {
		"github.com/spf13/": "use cases know no flags", module + "internal/": "the library stands without the program",
		module + "pkg/collector": "use cases are handed their sources", "k8s.io/client-go": "use cases know no client",
	},
	"internal/view":    {module + "pkg/collector": "a view is handed its report", module + "internal/server": "faces do not know each other", module + "internal/cli": "faces do not know each other"},
	"internal/server":  {module + "pkg/collector": "faces ask use cases", module + "internal/cli": "faces do not know each other", module + "internal/view": "faces do not know each other", "github.com/spf13/": "REST knows no flags"},
	"internal/offline": {module + "pkg/fred": "the switch knows no use case", module + "pkg/collector": "the switch knows no collector", "k8s.io/": "the switch knows no client"},
	"internal/config":  {module + "pkg/fred": "settings know no use case", "k8s.io/client-go": "settings know no client", "k8s.io/cli-runtime": "settings know no client"},
}

func TestEveryPackageKeepsToItsSideOfTheArrows(t *testing.T) {
	for pkg, banned := range never {
		t.Run(pkg, func(t *testing.T) {
			for _, dep := range dependencies(t, pkg) {
				for prefix, why := range banned {
					require.False(t, dep != module+pkg && strings.HasPrefix(dep, prefix), "%s depends on %s: %s", pkg, dep, why)
				}
			}
		})
	}
}

// only maps an import to the packages that alone may import it directly.
var only = map[string][]string{
	"github.com/spf13/viper":                   {"internal/config"},
	"github.com/charmbracelet/lipgloss":        {"internal/term", "internal/view"},
	"github.com/olekukonko/tablewriter":        {"internal/view"},
	"github.com/danielgtaylor/huma/v2":         {"internal/server", "pkg/app"},
	"github.com/aws/aws-sdk-go-v2/config":      {"pkg/cache/s3"},
	"github.com/cockroachdb/apd/v3":            {"pkg/money"},
	"github.com/parquet-go/parquet-go":         {"pkg/collector/focus"},
	"k8s.io/cli-runtime/pkg/genericclioptions": {"internal/cli", "internal/wire"},
}

func TestSomeLibrariesAreKnownInOnePlaceAlone(t *testing.T) {
	for _, p := range list(t, "./...") {
		for _, imported := range p.Imports {
			if places, ok := only[imported]; ok {
				require.Contains(t, places, strings.TrimPrefix(p.ImportPath, module), "%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func dependencies(t *testing.T, pkg string) []string {
	packages := list(t, "./"+pkg)
	require.Len(t, packages, 1)
	return packages[0].Deps
}

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

func list(t *testing.T, pattern string) []listed {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", pattern)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		require.NoError(t, d.Decode(&p))
		all = append(all, p)
	}
	return all
}
