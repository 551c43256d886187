package fact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fredctl/fred/pkg/fault"
)

// How long the parts of a fact may be, in characters.
const (
	MaxTitle   = 200
	MaxContent = 20_000
	MaxUser    = 200
	MaxName    = 253 // of a namespace, kind or workload: what Kubernetes allows
)

// Validate says what is wrong with f, as a fault of kind Invalid. A fact has a
// title, a content and a date that JSON can hold; only its content has lines.
func (f Fact) Validate() error {
	switch {
	case strings.TrimSpace(f.Title) == "":
		return fault.New(fault.Invalid, "a fact needs a title").Hinted("Give it a title that nothing else there has.")
	case strings.TrimSpace(f.Content) == "":
		return fault.New(fault.Invalid, "a fact needs a content").Hinted("Write down what there is to know.")
	case f.Date.IsZero() || f.Date.UTC().Year() < 1 || f.Date.UTC().Year() > 9999:
		return fault.New(fault.Invalid, "a fact needs a date in the years 1 to 9999").Hinted("Give it as in 2026-11-02T09:30:00Z.")
	}
	if err := f.Type.validate(); err != nil {
		return err
	}
	for _, t := range []struct {
		what, text string
		most       int
		allowed    string // control characters
	}{{"title", f.Title, MaxTitle, ""}, {"content", f.Content, MaxContent, "\n\r\t"}, {"user", f.User, MaxUser, ""}} {
		if err := checkText("the "+t.what+" of a fact", t.text, t.most, t.allowed); err != nil {
			return err
		}
	}
	return f.Scope.Validate()
}

// Validate says what is wrong with s, as a fault of kind Invalid. Whether there
// is such a thing is another question.
func (s Scope) Validate() error {
	switch {
	case (s.Kind == "") != (s.Name == ""):
		return fault.New(fault.Invalid, "a workload has a kind and a name").Hinted("Give both, or none for all of the namespace.")
	case s.Name != "" && s.Namespace == "":
		return fault.New(fault.Invalid, "a workload has a namespace").Hinted("Name the namespace.")
	}
	for _, t := range [][2]string{{"namespace", s.Namespace}, {"kind", s.Kind}, {"name", s.Name}} {
		if err := checkText("the "+t[0]+" that a fact is about", t[1], MaxName, ""); err != nil {
			return err
		}
	}
	return nil
}

func (t Type) validate() error {
	if t == "" || slices.Contains(Types, t) {
		return nil
	}
	words := make([]string, 0, len(Types))
	for _, known := range Types {
		words = append(words, string(known))
	}
	return fault.New(fault.Invalid, "no type of fact %q", string(t)).Hinted("The types are %s; it may have none.", strings.Join(words, ", "))
}

// checkText says what is wrong with a text of at most that many characters.
func checkText(what, text string, most int, allowed string) error {
	if !utf8.ValidString(text) {
		return fault.New(fault.Invalid, "%s is not UTF-8", what)
	}
	if n := utf8.RuneCountInString(text); n > most {
		return fault.New(fault.Invalid, "%s has %d characters where %d are allowed", what, n, most).Hinted("Shorten it.")
	}
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune(allowed, r) {
			return fault.New(fault.Invalid, "%s holds the control character %U", what, r).Hinted("Remove it.")
		}
	}
	return nil
}
