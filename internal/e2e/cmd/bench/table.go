package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/kube"
)

// render writes everything that was found out, as Markdown.
func render(f facts, subjects []*subject, r restResult, c *cacheBoard, e *energyBoard) string {
	var s strings.Builder
	f.render(&s)
	s.WriteString("\n" + columns)
	for _, one := range subjects {
		one.row(&s)
	}
	r.render(&s)
	return s.String() + "\n" + c.table() + "\n" + e.table()
}

// table tells how fast the cache as a whole is.
func (b *cacheBoard) table() string {
	var s strings.Builder
	fmt.Fprintf(&s, "A cache of %s entries, %.2f GiB, in turn, %d times after once for warming up.\n\n",
		thousands(cached), float64(b.size)/(1<<30), len(b.subjects[0].costs))
	s.WriteString(columns)
	for _, one := range b.subjects {
		one.row(&s)
	}
	return s.String()
}

// columns are those of rows.
const columns = "| what | median wall | min–max | peak RSS | CPU | ratio to its yardstick | target | met? |\n" +
	"| --- | ---: | ---: | ---: | ---: | --- | --- | --- |\n"

// render tells the circumstances.
func (f facts) render(s *strings.Builder) {
	total := 0
	var kinds []string
	for _, r := range kube.All {
		if n := f.counts[r]; n > 0 {
			total += n
			kinds = append(kinds, fmt.Sprintf("%s %s", thousands(n), r))
		}
	}
	fmt.Fprintf(s, "Made by `%s` on %s.\n\n", f.command, f.at.Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(s, "- Machine: %d cores, %s, %s/%s; load average at the start %s. API server and etcd run on it too.\n",
		runtime.NumCPU(), f.cpu, runtime.GOOS, runtime.GOARCH, f.load)
	fmt.Fprintf(s, "- Versions: %s, kubectl %s, kube-apiserver %s, %s.\n", f.fred, f.kubectl, f.server, runtime.Version())
	fmt.Fprintf(s, "- Listed: %s objects (%s); %.1f MB as protobuf.\n", thousands(total), strings.Join(kinds, ", "), float64(f.bytes)/1e6)
	fmt.Fprintf(s, "- Each was run once to warm up, then %d times in turn with all others (those of kubectl that list, fewer times),"+
		" output to /dev/null. Wall time and CPU (user and system) are medians, RSS is the highest.\n", f.rounds)
}

// row is the line of s in the table.
func (s *subject) row(w *strings.Builder) {
	walls := s.walls()
	fmt.Fprintf(w, "| %s | %s | %s–%s | %s | %s | %s | %s | %s |\n", s.name, span(median(walls)), span(slices.Min(walls)), span(slices.Max(walls)),
		memory(s.peak()), span(median(s.cpus())), s.relation(), s.target(), s.met())
}

func (s *subject) walls() []time.Duration {
	return each(s.costs, func(c cost) time.Duration { return c.wall })
}

func (s *subject) cpus() []time.Duration {
	return each(s.costs, func(c cost) time.Duration { return c.cpu })
}

func (s *subject) peak() int64 {
	return slices.Max(each(s.costs, func(c cost) int64 { return c.peak }))
}

// ratio is how many times the wall time of its yardstick s takes.
func (s *subject) ratio() float64 {
	return float64(median(s.walls())) / float64(median(s.yard.walls()))
}

func (s *subject) relation() string {
	switch {
	case s.yard == nil && s.memory == 0 && s.most == 0:
		return "1 (yardstick)"
	case s.yard == nil:
		return ""
	}
	return fmt.Sprintf("%.2f × %s", s.ratio(), short(s.yard.name))
}

// short is a name up to what explains it.
func short(name string) string {
	before, _, _ := strings.Cut(name, ":")
	return before
}

func (s *subject) target() string {
	var targets []string
	if s.within > 0 {
		targets = append(targets, fmt.Sprintf("≤ %.1f ×", s.within))
	}
	if s.most > 0 {
		targets = append(targets, "≤ "+span(s.most))
	}
	if s.memory > 0 {
		targets = append(targets, "≤ "+memory(s.memory))
	}
	return strings.Join(targets, ", ")
}

// met says whether s meets its target and, if not, by how much it misses it.
func (s *subject) met() string {
	var missed []string
	if s.within > 0 && s.ratio() > s.within {
		missed = append(missed, fmt.Sprintf("%.0f %% too slow", 100*(s.ratio()/s.within-1)))
	}
	if wall := median(s.walls()); s.most > 0 && wall > s.most {
		missed = append(missed, span(wall-s.most)+" too slow")
	}
	if s.memory > 0 && s.peak() > s.memory {
		missed = append(missed, memory(s.peak()-s.memory)+" too much")
	}
	return verdict(s.within > 0 || s.most > 0 || s.memory > 0, missed)
}

// verdict is the last cell of a row.
func verdict(judged bool, missed []string) string {
	switch {
	case !judged:
		return ""
	case len(missed) == 0:
		return "yes"
	}
	return "**no**: " + strings.Join(missed, ", ")
}

// render tells how fast REST is.
func (r restResult) render(s *strings.Builder) {
	fmt.Fprintf(s, "\n`fred serve`, asked by `wrk -t1 -c%s -d%s --latency` for the %d workloads of namespace %s (%s bytes), %d times,"+
		" beside wrk on the same cores. The server renews its inventory when that is a minute old: it does so in these times too. Refused is what is neither 2xx nor 3xx, broken a connection that failed.\n\n",
		connections, restFor, r.workloads, r.namespace, thousands(r.size), len(r.whole))
	s.WriteString("| what | requests/s | min–max | p50 | p99 | refused, broken | later than 2 s | target | met? |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |\n")
	restRow(s, "`/fred/v1/kube/workloads?namespace=`: 200", r.whole)
	restRow(s, "the same with If-None-Match: 304", r.unchanged)
	fmt.Fprintf(s, "\nThe server's peak RSS in all of this: %s; its CPU: %s.\n", memory(r.server.peak), span(r.server.cpu))
}

func restRow(s *strings.Builder, name string, loads []load) {
	rates := each(loads, func(l load) float64 { return l.rate })
	var all load
	for _, l := range loads {
		all.refused, all.broken, all.late = all.refused+l.refused, all.broken+l.broken, all.late+l.late
	}
	rate := median(rates)
	var missed []string
	if rate < restTarget {
		missed = append(missed, fmt.Sprintf("%.0f %% too slow", 100*(1-rate/restTarget)))
	}
	if all.refused+all.broken > 0 {
		missed = append(missed, "some were not answered")
	}
	fmt.Fprintf(s, "| %s | %s | %s–%s | %s | %s | %d, %d | %d | ≥ %s/s | %s |\n", name, thousands(int(rate)),
		thousands(int(slices.Min(rates))), thousands(int(slices.Max(rates))),
		fine(median(each(loads, func(l load) time.Duration { return l.p50 }))),
		fine(median(each(loads, func(l load) time.Duration { return l.p99 }))),
		all.refused, all.broken, all.late, thousands(restTarget), verdict(true, missed))
}
