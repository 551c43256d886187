package fred

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/report"
)

// masked returns the entries as they may leave the company. One that may not is
// left out, and named by its pseudonyms.
func (e *exporting) masked(entries []cache.Outgoing) ([]cache.Outgoing, error) {
	var all []cache.Outgoing
	for _, o := range entries {
		masked, err := e.maskedOne(o)
		switch {
		case errors.Is(err, errWritten), errors.Is(err, errStrange), errors.Is(err, errDaily), errors.Is(err, errPlace), errors.Is(err, errBilled), errors.Is(err, errSlipped), errors.Is(err, cache.ErrDamaged):
			e.stay(o, err)
		case err != nil:
			return nil, err
		default:
			all = append(all, masked)
		}
	}
	slices.SortFunc(all, func(a, b cache.Outgoing) int { return cmp.Compare(a.Header.Key.String(), b.Header.Key.String()) })
	return all, nil
}

func (e *exporting) maskedOne(o cache.Outgoing) (cache.Outgoing, error) {
	v, err := e.disguise.payload(placeOf(o.Header.Key), payloadOf(o))
	if err != nil {
		return o, err
	}
	h := e.disguise.header(o.Header)
	masked, err := e.remade(h, h.Key, v, h.Items)
	if err != nil {
		return o, err
	}
	if _, found := e.disguise.net.Find(bytes.Join(masked.Parts, nil)); found {
		return o, errSlipped
	}
	return masked, nil
}

// stay leaves an entry out. That facts stay, and where clusters are, is as it should
// be; all else is a gap. Days of one kind are told of once.
func (e *exporting) stay(o cache.Outgoing, why error) {
	h := e.disguise.header(o.Header)
	code := report.Missing
	if errors.Is(why, errWritten) || errors.Is(why, errPlace) || errors.Is(why, errBilled) {
		code = report.Note
	}
	if i := len(e.left) - 1; i >= 0 && (errors.Is(why, errDaily) || errors.Is(why, errPlace) || errors.Is(why, errBilled)) && e.left[i].Reason == why.Error() && e.left[i].Cluster == placeOf(h.Key).cluster {
		e.left[i].SizeBytes += o.Size()
		e.left[i].Entries++
		return
	}
	row := rowOf(h, o.Size(), LeftOut, why.Error())
	row.Entries = 1
	e.left = append(e.left, row)
	e.warnings = append(e.warnings, report.Warning{
		Code: code, Cluster: placeOf(h.Key).cluster, Message: fmt.Sprintf("%s is left out: %v", h.Key, why),
	})
}

// writeNames writes which pseudonym stands for which name, for the eyes of who
// exports.
func (d *disguise) writeNames(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"pseudonym", "kind", "name"})
	for _, k := range d.mask.Known() {
		_ = c.Write([]string{k.Pseudonym, k.Kind, k.Original})
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write the names: %w", err)
	}
	return nil
}
