package pseudonym

import (
	"reflect"
	"time"
)

// rule masks one field of a struct in place; the struct is at hand because what
// a name is the name of may stand in another field.
type rule func(m *Mask, field, parent reflect.Value)

// walk masks what v leads to, in place, by the rules of its types. Text for which
// there is no rule is emptied: what nobody has decided on does not leave.
func (m *Mask) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			m.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			m.walk(v.Index(i))
		}
	case reflect.Struct:
		m.walkFields(v)
	default:
		v.SetZero()
	}
}

func (m *Mask) walkFields(v reflect.Value) {
	decided := rules[v.Type()]
	for i := range v.NumField() {
		t, field := v.Type().Field(i), v.Field(i)
		switch {
		case !t.IsExported(): // is in no entry
		case decided[t.Name] != nil:
			decided[t.Name](m, field, v)
		case !holdsText(t.Type):
		default:
			m.walk(field)
		}
	}
}

// holdsText reports whether a value of type t can hold anything but numbers,
// times and booleans.
func holdsText(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return false
	case reflect.Struct:
		return t != reflect.TypeFor[time.Time]()
	default:
		return true
	}
}

// text masks a string, the string that is pointed to, or each string of a list.
func text(f func(m *Mask, s string) string) rule {
	return func(m *Mask, field, _ reflect.Value) { each(field, func(s string) string { return f(m, s) }) }
}

func each(v reflect.Value, f func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(f(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			each(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), f)
		}
	default:
		panic("pseudonym: a rule for text stands at a " + v.Type().String())
	}
}

// named masks the name of an object of one kind.
func named(kind string) rule {
	return text(func(m *Mask, s string) string { return m.Name(kind, s) })
}

// byKind masks the name of an object whose kind the struct says.
func byKind(m *Mask, field, parent reflect.Value) {
	kind := parent.FieldByName("Kind").String()
	each(field, func(s string) string { return m.object(kind, s) })
}

// meta masks the metadata of an object. Its kind is given, or the struct says it.
func meta(kind string) rule {
	return func(m *Mask, field, parent reflect.Value) {
		kind := kind
		if kind == "" {
			kind = parent.FieldByName("Kind").String()
		}
		each(field.FieldByName("Name"), func(s string) string { return m.object(kind, s) })
		m.walk(field)
	}
}

// done stands at a field that the rule of another one masks.
func done(*Mask, reflect.Value, reflect.Value) {}

// pairs masks a map, whose values may depend on their keys. Of two keys that
// become one it keeps that of the least value, so that the same map gives the
// same result.
func pairs(f func(m *Mask, k, v string) (key, value string)) rule {
	return func(m *Mask, field, _ reflect.Value) {
		if field.IsNil() {
			return
		}
		masked := make(map[string]string, field.Len())
		for k, v := range field.Interface().(map[string]string) {
			k, v = f(m, k, v)
			if have, twice := masked[k]; !twice || v < have {
				masked[k] = v
			}
		}
		field.Set(reflect.ValueOf(masked))
	}
}
