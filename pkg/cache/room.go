package cache

import (
	"bytes"
	"reflect"
	"strings"
)

// items counts what v is a list of; 0 where it is none.
func items(v any) int {
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.Slice, reflect.Map:
		return rv.Len()
	case reflect.Struct:
		n := 0
		for i := range rv.NumField() {
			if f := rv.Field(i); f.Kind() == reflect.Slice && rv.Type().Field(i).IsExported() {
				n += f.Len()
			}
		}
		return n
	default:
		return 0
	}
}

// listStart is in how many bytes the name of a payload's first list must be.
const listStart = 64

// makeRoom gives the list that a payload begins with room for the items of its
// header, if v points to a struct that has it: a list of thousands that grows
// while it is decoded is copied many times. Wrong items cost time or memory,
// nothing else. Start is the beginning of the payload.
func makeRoom(v any, start []byte, h Header) {
	const smallest = 32 // bytes of an item: a lie must not cost much memory
	rest, ok := bytes.CutPrefix(start, []byte(`{"`))
	name, _, list := bytes.Cut(rest, []byte(`":[`))
	rv := reflect.ValueOf(v).Elem()
	if !ok || !list || rv.Kind() != reflect.Struct || h.Items <= 0 || int64(h.Items) > h.Size/smallest {
		return
	}
	for i := range rv.NumField() {
		field := rv.Type().Field(i)
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if tag == string(name) && field.IsExported() && field.Type.Kind() == reflect.Slice {
			rv.Field(i).Set(reflect.MakeSlice(field.Type, 0, h.Items))
			return
		}
	}
}
