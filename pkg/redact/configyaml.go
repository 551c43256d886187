package redact

import "strings"

// yamlReader follows the indentation of block-style YAML. It reads keys only,
// and is content with what it understands: flow style and anchors end a path.
type yamlReader struct {
	paths *pathList
	stack []yamlLevel
	below int    // lines indented deeper belong to a scalar; -1 for none
	open  string // a key without a value, which may have members
	depth int    // its indentation
}

type yamlLevel struct {
	indent int
	path   string
}

// yaml collects the paths of YAML.
func (p *pathList) yaml(text string) {
	y := yamlReader{paths: p, below: -1, depth: -1}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\r\n")
		bare := strings.TrimLeft(line, " ")
		if bare == "" || bare[0] == '#' || p.full() {
			continue
		}
		y.line(len(line)-len(bare), bare)
	}
	p.add(y.open)
}

func (y *yamlReader) line(indent int, text string) {
	if y.below >= 0 && indent > y.below {
		return
	}
	y.below = -1
	if strings.HasPrefix(text, "---") || strings.HasPrefix(text, "...") {
		y.stack = y.stack[:0]
		return
	}
	dashed := strings.HasPrefix(text, "- ") || text == "-"
	if y.open != "" && indent <= y.depth && (!dashed || indent != y.depth) {
		y.paths.add(y.open)
	}
	y.open = ""
	y.member(y.items(indent, text))
}

// items reads the dashes that a line begins with, each of them a list.
func (y *yamlReader) items(indent int, text string) (int, string) {
	for strings.HasPrefix(text, "- ") || text == "-" {
		y.pop(indent, true)
		y.stack = append(y.stack, yamlLevel{indent, elements(y.parent())})
		rest := strings.TrimLeft(text[1:], " ")
		indent += len(text) - len(rest)
		text = rest
	}
	return indent, text
}

// pop leaves the levels that a line at indent is not inside of. A list may
// stand as deep as the key it belongs to.
func (y *yamlReader) pop(indent int, dash bool) {
	for n := len(y.stack); n > 0; n-- {
		l := y.stack[n-1]
		if l.indent < indent || dash && l.indent == indent && !strings.HasSuffix(l.path, "[]") {
			return
		}
		y.stack = y.stack[:n-1]
	}
}

func (y *yamlReader) parent() string {
	if len(y.stack) == 0 {
		return ""
	}
	return y.stack[len(y.stack)-1].path
}

func (y *yamlReader) member(indent int, text string) {
	key, value, ok := yamlKey(text)
	if !ok {
		if text != "" && strings.HasSuffix(y.parent(), "[]") {
			y.paths.add(y.parent())
		}
		y.below = max(indent-1, 0)
		return
	}
	y.pop(indent, false)
	path := under(y.parent(), key)
	if value == "" || value[0] == '#' || value[0] == '&' {
		y.stack = append(y.stack, yamlLevel{indent, path})
		y.open, y.depth = path, indent
		return
	}
	y.paths.add(path)
	y.below = indent
}

// yamlKey splits key: value.
func yamlKey(text string) (key, value string, ok bool) {
	if text == "" {
		return "", "", false
	}
	if quote := text[0]; quote == '"' || quote == '\'' {
		end := strings.IndexByte(text[1:], quote)
		if end < 0 {
			return "", "", false
		}
		key, text = text[1:1+end], strings.TrimLeft(text[2+end:], " ")
		return key, strings.TrimSpace(strings.TrimPrefix(text, ":")), strings.HasPrefix(text, ":")
	}
	key, value, ok = strings.Cut(text+" ", ": ")
	return key, strings.TrimSpace(value), ok && key != "" && !strings.ContainsAny(key[:1], "{[|>%@`*&!")
}
