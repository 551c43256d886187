package redact

import "strings"

// lines guesses between the formats that are read line by line, and collects
// the paths of the one it is. At least half of the lines must look like it.
func (p *pathList) lines(text string) (format string) {
	var c lineCount
	for line := range strings.Lines(text) {
		c.count(strings.TrimSpace(line))
	}
	switch {
	case c.all == 0:
		return "text"
	case c.tables > 0 && 2*(c.assigned+c.sections) >= c.all:
		p.assignments(text)
		return "toml"
	case c.sections > 0 && c.assigned > 0 && 2*(c.assigned+c.sections) >= c.all:
		p.assignments(text)
		return pickString(c.quoted > 0 && 2*c.quoted >= c.assigned, "toml", "ini")
	case c.assigned > c.members && 2*c.assigned >= c.all:
		p.assignments(text)
		return "properties"
	case c.members > 0 && c.yamlFirst:
		p.yaml(text)
		return "yaml"
	}
	return "text"
}

// lineCount counts lines by what they look like.
type lineCount struct {
	all, assigned, quoted, members, sections, tables int

	yamlFirst bool // the first line is YAML's
}

func (c *lineCount) count(line string) {
	if line == "" || line[0] == '#' || line[0] == ';' || line[0] == '!' || line == "---" {
		return
	}
	c.all++
	item := strings.TrimPrefix(line, "- ")
	name, value := assignment(line)
	switch {
	case strings.HasPrefix(line, "[["):
		c.tables++
		c.sections++
	case line[0] == '[' && line[len(line)-1] == ']':
		c.sections++
	case startsMember(item) || item != line:
		c.members++
		c.yamlFirst = c.yamlFirst || c.all == 1
	case name != "":
		c.assigned++
		if value != "" && strings.IndexByte("\"'[{", value[0]) >= 0 {
			c.quoted++
		}
	}
}

// assignment splits name=value. Padding of base64 is no assignment, hence a
// value that is empty does for upper-case and dotted names only.
func assignment(line string) (name, value string) {
	name, value, ok := strings.Cut(line, "=")
	name, value = strings.TrimSpace(strings.TrimPrefix(name, "export ")), strings.TrimSpace(value)
	switch {
	case !ok, name == "", strings.ContainsAny(name, " \t:"), strings.HasPrefix(value, "="):
		return "", ""
	case value == "" && name != strings.ToUpper(name) && !strings.ContainsAny(name, "._"):
		return "", ""
	}
	return strings.Trim(name, `"'`), value
}

// assignments collects name=value lines below their [section].
func (p *pathList) assignments(text string) {
	section, fence, continued := "", "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		skip := continued || fence != ""
		continued = strings.HasSuffix(line, `\`)
		if skip {
			fence = openFence(line, fence)
			continue
		}
		if line == "" || strings.IndexByte("#;!", line[0]) >= 0 {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			section = sectionPath(line)
			continue
		}
		if name, value := assignment(line); name != "" {
			p.add(under(section, name))
			fence = openFence(value, "")
		}
	}
}

// openFence returns the triple quotes that are open behind text.
func openFence(text, fence string) string {
	for _, f := range []string{`"""`, "'''"} {
		if fence != "" && fence != f {
			continue
		}
		if strings.Count(text, f)%2 == 1 {
			return pickString(fence == "", f, "")
		}
	}
	return fence
}

// sectionPath spells [a.b] as a path and [[a.b]] as that of a list.
func sectionPath(line string) string {
	name := strings.Trim(line, "[]")
	path := ""
	for part := range strings.SplitSeq(name, ".") {
		path = under(path, strings.Trim(part, ` "'`))
	}
	if strings.HasPrefix(line, "[[") {
		path += "[]"
	}
	return path
}

func pickString(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}
