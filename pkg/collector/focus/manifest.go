package focus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// manifest is what a cloud says of a run of an export, in a file that it writes when
// all others are there.
type manifest struct {
	path  string
	files []string // as it names them
	run   string   // the same for runs of one export about one period
	made  string   // sorts runs by their age
}

// mostManifest is how many bytes a manifest may have.
const mostManifest = 16 << 20

// readManifest reads a manifest of AWS or Azure. Other JSON is none.
func readManifest(root, path string) (manifest, bool, error) {
	m := manifest{path: path}
	file, err := os.Open(path)
	if err != nil {
		return m, false, fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostManifest+1))
	if err != nil || len(data) > mostManifest {
		return m, false, errors.New("is a manifest that cannot be read")
	}
	var a struct {
		DataFiles []string // AWS: addresses on S3
		Blobs     []struct{ BlobName string }
		Export    struct{ ExportName, Type string }         `json:"exportConfig"`
		Run       struct{ SubmittedTime, StartDate string } `json:"runInfo"`
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return m, false, errors.New("is a manifest that is no JSON")
	}
	m.files = a.DataFiles
	for _, b := range a.Blobs {
		m.files = append(m.files, b.BlobName)
	}
	m.run, m.made = period(root, path), path
	if a.Run.SubmittedTime != "" {
		m.run, m.made = strings.Join([]string{a.Export.ExportName, a.Export.Type, a.Run.StartDate}, "|"), a.Run.SubmittedTime+path
	}
	return m, a.DataFiles != nil || a.Blobs != nil, nil
}

// period returns the path of a manifest of AWS without the folder of its run, whose
// name begins with when it was: metadata/BILLING_PERIOD=2026-09/RUN/NAME-Manifest.json.
func period(root, path string) string {
	var kept []string
	relative, err := filepath.Rel(root, path)
	if err != nil {
		return path
	}
	segments := strings.Split(filepath.ToSlash(relative), "/")
	for i, segment := range segments {
		run := i > 0 && i == len(segments)-2 && strings.Contains(segments[i-1], "=")
		if !run {
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "/")
}

// newestOf returns the newest manifest of each run.
func newestOf(manifests []manifest) map[string]manifest {
	newest := map[string]manifest{}
	for _, m := range manifests {
		if have, ok := newest[m.run]; !ok || have.made < m.made {
			newest[m.run] = m
		}
	}
	return newest
}

// locate returns where below root a file is that the manifest calls name, an address
// or a path elsewhere: in the same folders, as many of them as are here, or beside the
// manifest.
func (m manifest) locate(root, name string) (string, bool) {
	if _, after, ok := strings.Cut(name, "://"); ok {
		name = after
	}
	segments := strings.Split(strings.Trim(name, "/"), "/")
	last := len(segments) - 1
	for i := range last {
		if path, ok := fileAt(root, segments[i:]); ok {
			return path, true
		}
	}
	return fileAt(filepath.Dir(m.path), segments[last:])
}

// fileAt returns the path of a file that does not leave folder.
func fileAt(folder string, segments []string) (string, bool) {
	local := filepath.FromSlash(strings.Join(segments, "/"))
	if !filepath.IsLocal(local) {
		return "", false
	}
	path := filepath.Join(folder, local)
	info, err := os.Stat(path)
	return path, err == nil && info.Mode().IsRegular()
}
