package focus

import (
	"fmt"
	"hash/maphash"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
)

// tally is a bill.Tally that a file is counted by.
type tally struct {
	*bill.Tally
	columns []*bill.Column // by the header; nil for those that are not counted
	whole   bool           // records have all columns
}

// rowSeed is what rows are hashed by.
var rowSeed = maphash.MakeSeed()

// tallied makes ready to count a file with that header; nil where nobody asked. Of
// Parquet, columns that are not asked for are not read.
func (t *table) tallied(header []string) *tally {
	if t.q.Tally == nil {
		return nil
	}
	if t.tally == nil { // else it is the header of the same file, again
		t.q.Tally.File(versionOf(header))
	}
	out := &tally{Tally: t.q.Tally, columns: make([]*bill.Column, len(header)), whole: t.rows != nil}
	for i, name := range header {
		read := slices.ContainsFunc(t.chosen, func(c chosen) bool { return c.at == i || c.or == i })
		if out.whole || read {
			out.columns[i] = out.Column(shown(strings.TrimSpace(name)))
		}
	}
	return out
}

// count counts a record of the file of t.
func (c *tally) count(t *table, record []string) {
	for i, s := range record {
		if c.columns[i] != nil {
			c.columns[i].Value(strings.TrimSpace(s))
		}
	}
	if !c.whole {
		return
	}
	var hash maphash.Hash
	hash.SetSeed(rowSeed)
	for _, s := range record {
		_, _ = hash.WriteString(s) // which never fails
		_ = hash.WriteByte(0)
	}
	c.Row(hash.Sum64(), func() string { return fmt.Sprintf("%s:%d", filepath.Base(t.name), t.line) })
}

// newIn are columns by the version of FOCUS that brought them, the newest first.
var newIn = []struct {
	version string
	columns []string
}{
	{"1.3", []string{"serviceprovidername", "hostprovidername", "allocatedmethodid", "contractapplied"}},
	{"1.2", []string{"invoiceid", "pricingcurrency", "billingaccounttype", "subaccounttype"}},
	{"1.1", []string{"servicesubcategory", "skumeter", "skupricedetails", "capacityreservationid"}},
}

// versionOf returns the oldest version of FOCUS that has the columns of a header: 1.4 is
// 1.3 without those that it gave up.
func versionOf(header []string) string {
	has := func(name string) bool {
		return slices.ContainsFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
	}
	for _, v := range newIn {
		if !slices.ContainsFunc(v.columns, has) {
			continue
		}
		if v.version == "1.3" && !has("ProviderName") && !has("PublisherName") {
			return "1.4"
		}
		return v.version
	}
	return "1.0"
}
