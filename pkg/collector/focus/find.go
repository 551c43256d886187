package focus

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
)

// Files are the files of a bill. They are a bill.Source, and safe for concurrent use.
type Files struct {
	paths   []string
	skipped []string
	missing []bill.Problem // of manifests
}

var _ bill.Source = (*Files)(nil)

// Paths returns the files, in the order in which they are read.
func (f *Files) Paths() []string { return f.paths }

// Skipped returns files that are none of the bill, though they lie beside it: a
// manifest lists others in their place, or they are there unpacked as well.
func (f *Files) Skipped() []string { return f.skipped }

// Find returns the files that paths name: each a file, a folder with all below it, or
// a pattern as the shell's. A file that is named twice is one. Where a folder has
// manifests, they say which files are the bill's, and which of several runs is the
// newest. Its errors are faults: NotFound where there is none, Invalid where a path
// cannot be read.
func Find(paths ...string) (*Files, error) {
	f := &Files{}
	seen := map[string]bool{}
	for _, path := range paths {
		found, err := f.find(path)
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			if id := identity(file); !seen[id] {
				seen[id] = true
				f.paths = append(f.paths, file)
			}
		}
	}
	f.dropTwins()
	if len(f.paths) == 0 && len(f.missing) == 0 {
		return nil, fault.New(fault.NotFound, "no bill in %s", strings.Join(paths, ", ")).
			Hinted("Name a FOCUS file (.csv, .csv.gz, .zip or .parquet), or a folder with some.")
	}
	return f, nil
}

// dropTwins skips what is packed where the same file lies unpacked beside it.
func (f *Files) dropTwins() {
	all := f.paths
	f.paths = slices.DeleteFunc(slices.Clone(all), func(path string) bool {
		plain, packed := strings.CutSuffix(path, ".gz")
		twin := packed && slices.Contains(all, plain)
		if twin {
			f.skipped = append(f.skipped, path)
		}
		return twin
	})
}

// identity returns the same for two paths of one file.
func identity(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

func (f *Files) find(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return f.folder(path)
	case err == nil:
		return []string{path}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(fault.Invalid, err)
	}
	matches, err := filepath.Glob(path)
	if err != nil || len(matches) == 0 {
		return nil, fault.New(fault.NotFound, "no file %s", path).Hinted("Name a FOCUS file, a folder with some, or a pattern in quotes.")
	}
	if some := slices.DeleteFunc(slices.Clone(matches), isOther); len(some) > 0 {
		matches = some
	}
	var all []string
	for _, match := range matches {
		found, err := f.find(match)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// isOther says whether what a pattern matches only lies there: it is hidden, which
// the shell would pass over, or a file of another kind.
func isOther(path string) bool {
	name := strings.ToLower(filepath.Base(path))
	if strings.HasPrefix(name, ".") {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && !isBill(name)
}

// folder returns the files of the bill below root, sorted.
func (f *Files) folder(root string) ([]string, error) {
	var files []string
	var manifests []manifest
	root, err := filepath.EvalSymlinks(root) // of which WalkDir would see no more than the link
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil && path == root {
			return fault.Wrap(fault.Invalid, err)
		}
		switch name := strings.ToLower(d.Name()); {
		case err != nil:
			f.missing = append(f.missing, bill.Problem{File: path, What: "cannot be opened: " + bare(err).Error(), Lost: bill.Rest})
		case path != root && strings.HasPrefix(name, "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir():
		case strings.HasSuffix(name, "manifest.json"):
			m, ok, err := readManifest(root, path)
			if err != nil {
				f.missing = append(f.missing, bill.Problem{File: path, What: err.Error(), Lost: bill.Rest})
			} else if ok {
				manifests = append(manifests, m)
			}
		case isBill(name):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f.listed(root, files, manifests), nil
}

// isBill says whether a file, by its name in small letters, may be one of a bill.
func isBill(name string) bool {
	return slices.ContainsFunc([]string{".csv", ".csv.gz", ".zip", ".parquet"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// listed returns which of files below root are the bill's, sorted: those that the
// newest manifests list, and those in folders of which no manifest tells.
func (f *Files) listed(root string, files []string, manifests []manifest) []string {
	var all []string
	told := map[string]bool{} // folders
	newest := newestOf(manifests)
	for _, m := range manifests {
		told[filepath.Dir(m.path)] = true
		for _, name := range m.files {
			path, ok := m.locate(root, name)
			current := newest[m.run].path == m.path
			if ok {
				told[filepath.Dir(path)] = true
			}
			switch {
			case ok && current:
				all = append(all, path)
			case current:
				f.missing = append(f.missing, bill.Problem{File: m.path, What: "lists a file that is missing: " + quote(name), Lost: bill.Rest})
			}
		}
	}
	for _, file := range files {
		switch {
		case !told[filepath.Dir(file)]:
			all = append(all, file)
		case !slices.Contains(all, file):
			f.skipped = append(f.skipped, file)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
