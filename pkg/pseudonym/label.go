package pseudonym

import (
	"strings"
	"time"
)

// label masks a label or annotation. The keys that Kubernetes and well-known
// tools have stay; of values stay those that are the same for everybody.
func (m *Mask) label(k, v string) (key, value string) {
	return m.labelKey(k), m.labelValue(k, v)
}

const roleKey = "node-role.kubernetes.io/"

func (m *Mask) labelKey(k string) string {
	if _, ok := labelKeys[k]; ok {
		return k
	}
	if role, ok := strings.CutPrefix(k, roleKey); ok {
		return roleKey + m.role(role)
	}
	return m.Name("label", k)
}

func (m *Mask) role(s string) string {
	if s == "" || roles[s] {
		return s
	}
	return m.Name("role", s)
}

func (m *Mask) labelValue(k, v string) string {
	if v == "" || v == "true" || v == "false" {
		return v
	}
	if value := labelKeys[k]; value != nil {
		return value(m, v)
	}
	return m.someValue(v)
}

// someValue masks the value of a label. It is the same under every key.
func (m *Mask) someValue(v string) string { return m.Name("value", v) }

func (m *Mask) nodeName(v string) string   { return m.Name("node", v) }
func (m *Mask) namespace(v string) string  { return m.Name(Namespace, v) }
func (m *Mask) podName(v string) string    { return m.Name("pod", v) }
func (m *Mask) jobName(v string) string    { return m.Name("job", v) }
func (m *Mask) number(v string) string     { return m.ifOr(shortNumber(v), v) }
func (m *Mask) place(v string) string      { return m.ifOr(publicPlace(v), v) }
func (m *Mask) machine(v string) string    { return m.ifOr(publicMachine(v), v) }
func (m *Mask) labelWord(v string) string  { return m.ifOr(words[v], v) }
func (m *Mask) labelClass(v string) string { return m.class(v) }

func (m *Mask) moment(v string) string {
	_, err := time.Parse(time.RFC3339, v)
	return m.ifOr(err == nil, v)
}

// ifOr keeps v, or masks it as any value.
func (m *Mask) ifOr(keep bool, v string) string {
	if keep {
		return v
	}
	return m.someValue(v)
}

// Regions and zones of AWS, Google, OVH and Azure, and the machines that they
// offer, identify no customer, and energy, carbon and cost rest on them. Those of
// a data center of one's own are masked.
var (
	direction = `(north|south|east|west|central)(east|west)?`
	cloudZone = patternOf(`^(` +
		`(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-isob?)?-` + direction + `-\d[a-z]?|` +
		`(africa|asia|australia|europe|me|northamerica|southamerica|us)-` + direction + `\d{1,2}(-[a-z])?|` +
		`(GRA|SBG|BHS|RBX|WAW|DE|UK|SGP|SYD)\d{1,2}|\d)$`)
	azureZone = patternOf(`^([a-z]+\d?)(-\d)?$`)
	machines  = patternOf(`^(` +
		`([acdfghimprtz]|dl|gr|hpc|im|inf|is|mac|trn|vt|x)\d{1,2}[abdeginqz]{0,4}(-flex)?\.(nano|micro|small|medium|large|\d{0,2}xlarge|metal(-\d{1,2}xl)?)|` +
		`(a2|a3|c2|c2d|c3|c3d|c4|c4a|e2|g2|m1|m2|m3|n1|n2|n2d|n4|t2a|t2d)-(standard|highmem|highcpu|micro|small|medium|megamem|ultramem|highgpu)(-\d{1,3}g?)?|` +
		`(Standard|Basic)_[A-Z]{1,3}\d{1,3}[a-z]{0,4}(_v\d)?|` +
		`[bcdrti]\d-\d{1,3}(-flex)?)$`)
)

func publicPlace(s string) bool {
	if cloudZone.MatchString(s) {
		return true
	}
	part := azureZone.FindStringSubmatch(s)
	return part != nil && azureRegions[part[1]]
}

func publicMachine(s string) bool { return machines.MatchString(s) }

// taint masks "key:effect".
func (m *Mask) taint(s string) string {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return m.labelKey(s)
	}
	return m.labelKey(s[:i]) + ":" + m.word(s[i+1:])
}
