package pseudonym

import (
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"
)

// shortest is the length of the shortest name that is looked for: those of three
// letters are in every text.
const shortest = 4

// Net finds names that a Mask knows in what is about to leave. It is there
// because a mask can only be as complete as its rules.
type Net struct{ byWord map[string][]string }

// Net returns a net of the names that m has masked so far, but for those that
// are no one's: words that the mask lets through wherever they stand, and those
// in schema, the words of the format itself.
func (m *Mask) Net(schema string) *Net {
	all := &Net{byWord: map[string][]string{}}
	for _, k := range m.Known() {
		all.add(k.Original)
	}
	public := all.found([]byte(vocabulary() + " " + schema))
	n := &Net{byWord: map[string][]string{}}
	for _, names := range all.byWord {
		for _, name := range names {
			if !public[name] {
				n.add(name)
			}
		}
	}
	return n
}

// add adds a name under its first word.
func (n *Net) add(original string) {
	name := strings.TrimFunc(fold(original), func(r rune) bool { return r < 0x80 && !wordy[r] })
	if len(name) < shortest || !telling(name) || unspoken(original) {
		return
	}
	first := name[:run(name, 0)]
	if !slices.Contains(n.byWord[first], name) {
		n.byWord[first] = append(n.byWord[first], name)
	}
}

// telling reports whether a name has letters, or else is an address or as long as
// the number of an account: shorter numbers are in every text.
func telling(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil || len(name) >= 9 || strings.ContainsFunc(name, letter)
}

// unspoken reports whether what is called so may stay somewhere for its form.
func unspoken(s string) bool {
	if !strings.ContainsFunc(s, letter) {
		return false // long digits are no quantity by chance
	}
	return passes(s) || publicPlace(s) || publicMachine(s) || quantities.MatchString(s) || versions.FindString(s) == s || plainTag.MatchString(s)
}

// Find returns a name that stands in data as a word or several, in any case.
func (n *Net) Find(data []byte) (name string, found bool) {
	n.scan(data, func(s string) bool { name, found = s, true; return false })
	return name, found
}

func (n *Net) found(data []byte) map[string]bool {
	all := map[string]bool{}
	n.scan(data, func(s string) bool { all[s] = true; return true })
	return all
}

// scan looks at every word of data once, however many names there are.
func (n *Net) scan(data []byte, hit func(string) bool) {
	text := fold(string(data))
	for i := 0; i < len(text); i++ {
		end := i + run(text, i)
		for _, name := range n.byWord[text[i:end]] {
			rest := text[i:]
			if strings.HasPrefix(rest, name) && run(rest, len(name)) == 0 && !hit(name) {
				return
			}
		}
		i = end
	}
}

// wordy are the bytes that words are made of: letters, digits and all beyond
// ASCII.
var wordy = func() (set [256]bool) {
	for c := range set {
		set[c] = c >= 0x80 || letter(rune(c)) || '0' <= c && c <= '9'
	}
	return set
}()

func letter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r >= 0x80 }

// run returns how many bytes of s from i on are of one word.
func run(s string, i int) int {
	n := i
	for n < len(s) && wordy[s[n]] {
		n++
	}
	return n - i
}

// fold returns s with small letters, byte for byte.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// vocabulary is all that masked data consists of beside pseudonyms and numbers.
func vocabulary() string {
	var all []string
	for _, set := range []map[string]bool{words, kinds, roles, hostPaths, storages, azureRegions, everywhere} {
		all = slices.AppendSeq(all, maps.Keys(set))
	}
	all = slices.AppendSeq(all, maps.Keys(labelKeys))
	for kind, slug := range slugs {
		all = append(all, kind, slug)
	}
	for t := range rules {
		all = append(all, members(t)...)
	}
	return strings.Join(append(all, spoken, roleKey), "\n")
}

// spoken are the words that rules put together themselves, or let through by
// their form.
const spoken = `obj kind word class key env path role value label flag schedule resource container volume prefix machine image storage disk
	tag host example cluster user uid missing string path url text bytes redacted sha256 https exit code
	Insufficient Too many pods node(s) had untolerated taint had volume node affinity conflict were unschedulable didn't have free ports
	didn't match Pod's node affinity/selector didn't match pod topology spread constraints didn't match pod anti-affinity rules
	didn't match the requested node name
	north south east west central africa asia australia europe northamerica southamerica
	nano micro small medium large xlarge metal flex standard basic highmem highcpu megamem ultramem highgpu
	alpine slim debian bookworm bullseye alpha beta eksbuild latest yearly annually monthly weekly daily midnight hourly every localhost`

// members are the names that a type's fields have in JSON.
func members(t reflect.Type) (names []string) {
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
