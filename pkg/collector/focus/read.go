package focus

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
)

// Read implements bill.Source. Its errors are faults: Refused for a problem where the
// question is strict, Invalid where nothing could be read.
func (f *Files) Read(ctx context.Context, q bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	r := &reading{q: q, each: each}
	for _, p := range f.missing {
		if r.problem(p) != nil {
			return r.sum, r.stop
		}
	}
	for _, path := range f.paths {
		err := open(path,
			func(name string, in io.Reader) error { return r.text(ctx, name, in) },
			func(file io.ReaderAt, size int64) error { return r.parquet(ctx, path, file, size) })
		if err != nil && r.stop == nil {
			_ = r.broken(path, 0, err) // which is in stop
		}
		if r.stop != nil {
			return r.sum, r.stop
		}
	}
	if r.sum.Rows == 0 && r.first != nil {
		return r.sum, r.first
	}
	return r.sum, nil
}

// reading is one pass over a bill.
type reading struct {
	q     bill.Question
	each  func(*bill.Charge) error
	sum   bill.Summary
	first error // why a file could not be read
	stop  error // why reading ends
	d     decoder
	c     bill.Charge
}

// problem counts and tells p. It returns, and keeps, an error where that ends reading.
func (r *reading) problem(p bill.Problem) error {
	r.sum.Problems++
	switch p.Lost {
	case bill.Row:
		r.sum.Dropped++
	case bill.Rest:
		r.sum.Broken++
		if r.first == nil {
			r.first = fault.New(fault.Invalid, "%s", p).Hinted("Check the file, or export the bill again.")
		}
	}
	if r.q.Problem != nil {
		r.q.Problem(p)
	}
	if r.q.Strict {
		r.stop = fault.New(fault.Refused, "%s", p).Hinted("Mend the bill, or read what can be read of it, without being strict.")
	}
	return r.stop
}

// broken is the problem of a file that cannot be read any further, for err.
func (r *reading) broken(name string, line int, err error) error {
	if r.first == nil && fault.HintOf(err) != "" {
		r.first = fmt.Errorf("%s: %w", name, err)
	}
	return r.problem(bill.Problem{File: name, Line: line, What: err.Error(), Lost: bill.Rest})
}

// text reads a CSV. It returns what ends reading altogether.
func (r *reading) text(ctx context.Context, name string, in io.Reader) error {
	r.sum.Files++
	limited := &rows{r: in, ended: func() error { return context.Cause(ctx) }, left: mostRow}
	buffer := bufio.NewReaderSize(limited, buffered)
	t := table{reading: r, name: name, rows: limited, csv: csv.NewReader(buffer)}
	t.csv.ReuseRecord, t.csv.FieldsPerRecord = true, -1
	err := skipMark(buffer)
	if err == nil {
		err = t.readHeader()
	}
	for err == nil {
		err = t.readRow()
	}
	r.sum.Bytes += t.csv.InputOffset()
	switch {
	case r.stop != nil:
		return r.stop
	case ctx.Err() != nil:
		r.stop = context.Cause(ctx)
		return r.stop
	case errors.Is(err, io.EOF):
		return nil
	default:
		return r.broken(name, t.line, err)
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// skipMark skips the mark that some programs begin UTF-8 with.
func skipMark(in *bufio.Reader) error {
	begin, err := in.Peek(len(byteOrderMark))
	switch {
	case bytes.Equal(begin, byteOrderMark):
		_, err = in.Discard(len(byteOrderMark))
		return err
	case len(begin) >= 2 && (begin[0] == 0xff && begin[1] == 0xfe || begin[0] == 0xfe && begin[1] == 0xff):
		return errors.New("is UTF-16, and UTF-8 is read")
	case errors.Is(err, io.EOF): // shorter than a mark
		return nil
	default:
		return err
	}
}
