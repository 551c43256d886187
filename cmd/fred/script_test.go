package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/app"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fred":         func() { os.Exit(app.Main(app.WithVersion("test"))) },
		"kubectl-fred": func() { os.Exit(app.Main(app.WithVersion("test"))) },
	})
}

// TestScripts runs the program as a person does. Each script has a home of its
// own, no kubeconfig, and these commands beside testscript's:
//
//	kubeapi NAME [NAMESPACE]   starts an API server, and writes a kubeconfig for it to $KUBECONFIG
//	kubeapi down               the servers of this script refuse connections from now on
//	kubeapi viewer NAMESPACE   they allow lists in that namespace alone
//	kubeapi refuse CODE        they answer everything with that status; 0 ends it
//	gridapi                    starts publishers of grids, which the settings name from now on
//	gridapi refuse CODE        they answer everything with that status; 0 ends it
//	gridapi asked N            checks how often they were asked since that was last checked
//	exits CODE COMMAND…        runs a command that must end with that exit code
//	damage HOW ENTRY           cuts or replaces a cache entry, or makes it a newer fred's
//	firstfred FILE [FOLDER]    writes an export of the first Fred, all of it below a folder
//	nowhere WORD               checks that no file below the home holds a word
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       testutil.Update(),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("HOME", home)
			e.Setenv("KUBECONFIG", filepath.Join(e.WorkDir, "kubeconfig"))
			e.Setenv("TZ", "UTC")
			e.Setenv("FRED_GRID_LIVE", "false")     // the world is not asked; grid.txtar asks somebody on loopback
			e.Setenv("GORACE", "atexit_sleep_ms=0") // a second for each command otherwise
			e.Values[towns{}] = &town{t: e.T().(testing.TB)}
			return os.MkdirAll(home, 0o700)
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"kubeapi": kubeapi, "exits": exits, "damage": damage, "firstfred": firstFred, "nowhere": nowhere, "gridapi": gridAPI,
		},
	})
}

// towns is the key of a script's API servers.
type towns struct{}

// town is the API servers of one script.
type town struct {
	t       testing.TB
	mu      sync.Mutex
	viewer  string
	code    int
	servers []*testutil.API
	grids   *testutil.Grids
}

func gridAPI(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(towns{}).(*town)
	switch {
	case len(args) == 0:
		w.grids = testutil.NewGrids(w.t)
		ts.Setenv("FRED_GRID_LIVE", "true")
		for _, name := range []string{"NESO", "RTE", "ELECTRICITYMAPS", "EIA"} {
			ts.Setenv("FRED_GRID_"+name+"URL", w.grids.URL)
		}
	case args[0] == "refuse":
		code, err := strconv.Atoi(args[1])
		ts.Check(err)
		w.grids.Answer(func(rw http.ResponseWriter, _ *http.Request) bool {
			if code != 0 {
				rw.WriteHeader(code)
			}
			return code != 0
		})
	case args[0] == "asked":
		if asked := w.grids.Asked(); strconv.Itoa(len(asked)) != args[1] {
			ts.Fatalf("asked %d times: %s", len(asked), asked)
		}
	default:
		ts.Fatalf("gridapi %s?", args[0])
	}
}

func kubeapi(ts *testscript.TestScript, _ bool, args []string) {
	w := ts.Value(towns{}).(*town)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case len(args) == 0:
		ts.Fatalf("usage: kubeapi NAME [NAMESPACE]")
	case args[0] == "down":
		for _, a := range w.servers {
			a.CloseClientConnections()
			_ = a.Listener.Close()
		}
	case args[0] == "viewer":
		w.viewer = args[1]
	case args[0] == "refuse":
		code, err := strconv.Atoi(args[1])
		ts.Check(err)
		w.code = code
	default:
		namespace := ""
		if len(args) > 1 {
			namespace = args[1]
		}
		a := testutil.NewAPI(w.t, shop(args[0])...)
		a.Before = w.before
		w.servers = append(w.servers, a)
		ts.Check(os.WriteFile(ts.Getenv("KUBECONFIG"), []byte(a.Kubeconfig(args[0], namespace)), 0o600))
	}
}

func (w *town) before(rw http.ResponseWriter, r *http.Request) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	pods := schema.GroupResource{Resource: "pods"}
	switch {
	case w.code == http.StatusTooManyRequests:
		rw.Header().Set("Retry-After", "0")
		testutil.Refuse(rw, apierrors.NewTooManyRequests("slow down", 0))
	case w.code != 0:
		testutil.Refuse(rw, apierrors.NewGenericServerResponse(w.code, "get", pods, "", "", 0, true))
	case w.viewer != "" && r.URL.Path != "/version" && !strings.Contains(r.URL.Path, "/namespaces/"+w.viewer+"/"):
		testutil.Refuse(rw, apierrors.NewForbidden(pods, "", errors.New("you may not")))
	default:
		return false
	}
	return true
}

// shop is what runs on the cluster called name.
func shop(name string) []runtime.Object {
	meta := func(namespace, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name, UID: "uid", CreationTimestamp: metav1.NewTime(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))}
	}
	system := meta("", "kube-system")
	system.UID = types.UID("uid-of-" + name)
	labels := map[string]string{"app": "web"}
	spec := core.PodSpec{Containers: []core.Container{{
		Name: "web", Image: "registry.example/web:1.0", Args: []string{"--password=hunter2Zq9x"},
		Env: []core.EnvVar{{Name: "DB_PASSWORD", Value: "hunter2Zq9x"}},
	}}}
	pod := &core.Pod{ObjectMeta: meta("shop", "web-1"), Spec: spec, Status: core.PodStatus{Phase: core.PodRunning, Conditions: []core.PodCondition{{Type: core.PodReady, Status: core.ConditionTrue}}}}
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Name: "web-5d9c7b6f8", Controller: new(true)}}
	return []runtime.Object{
		&core.Namespace{ObjectMeta: system, Status: core.NamespaceStatus{Phase: "Active"}},
		&core.Namespace{ObjectMeta: meta("", "shop"), Status: core.NamespaceStatus{Phase: "Active"}},
		&core.Node{ObjectMeta: meta("", "n1"), Status: core.NodeStatus{Conditions: []core.NodeCondition{{Type: "Ready", Status: "True"}}}},
		&apps.Deployment{ObjectMeta: meta("shop", "web"), Spec: apps.DeploymentSpec{Template: core.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: spec}}, Status: apps.DeploymentStatus{ReadyReplicas: 1}},
		&apps.Deployment{ObjectMeta: meta("shop", "of-"+strings.ToLower(strings.NewReplacer("/", "-", ":", "-", ".", "").Replace(name)))},
		pod,
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func damage(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: damage cut|foreign|newer ENTRY")
	}
	path := ts.MkAbs(args[1])
	b, err := os.ReadFile(path)
	ts.Check(err)
	switch args[0] {
	case "cut":
		b = b[:len(b)/2]
	case "foreign":
		b = []byte("PK\x03\x04 this is something else\n")
	case "newer":
		b = []byte(`{"schema":99,` + strings.TrimPrefix(string(b), `{"schema":1,`))
	default:
		ts.Fatalf("no such damage: %s", args[0])
	}
	ts.Check(os.WriteFile(path, b, 0o600))
}

func firstFred(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: firstfred FILE [FOLDER]")
	}
	w := ts.Value(towns{}).(*town)
	zip := testutil.Zip(w.t, strings.Join(args[1:], ""), testutil.FirstFred())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), zip, 0o600))
}

func nowhere(ts *testscript.TestScript, _ bool, args []string) {
	files := 0
	ts.Check(filepath.WalkDir(ts.Getenv("HOME"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), args[0]) {
			return fmt.Errorf("%s is in %s", args[0], path)
		}
		return err
	}))
	if files == 0 {
		ts.Fatalf("there is no file to look into")
	}
}
