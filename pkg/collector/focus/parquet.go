package focus

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// errParquet says that a file is not what it should be; the library says why.
var errParquet = errors.New("is Parquet that cannot be read")

// parquet reads a Parquet file: a group of rows after the other and, of each, the columns
// that are asked for, page by page. It returns what ends reading altogether.
func (r *reading) parquet(ctx context.Context, name string, file io.ReaderAt, size int64) error {
	r.sum.Files++
	r.sum.Bytes += size
	t := table{reading: r, name: name}
	err := t.readParquet(ctx, file, size)
	switch {
	case r.stop != nil:
		return r.stop
	case ctx.Err() != nil:
		r.stop = context.Cause(ctx)
		return r.stop
	case err == nil:
		return nil
	default:
		return r.broken(name, t.line, err)
	}
}

// readParquet reads the groups of a file. The library takes what a file says of itself at
// its word in places, and panics where that is not so.
func (t *table) readParquet(ctx context.Context, file io.ReaderAt, size int64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errParquet, p)
		}
	}()
	all, err := parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(buffered/8))
	if err != nil {
		return fmt.Errorf("%w: %w", errParquet, err)
	}
	top := all.Root().Columns()
	header := make([]string, len(top))
	for i, c := range top {
		header[i] = c.Name()
	}
	if err := t.take(header); err != nil {
		return err
	}
	for _, group := range all.RowGroups() {
		g, err := t.group(top, group)
		if err == nil {
			err = g.read(ctx, group.NumRows())
		}
		if g != nil {
			g.close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// group is some rows of a file that are read.
type group struct {
	*table
	record  []string // by the header; "" where it was not asked for
	columns []*stripe
}

// group makes ready to read the columns of a group that are asked for.
func (t *table) group(top []*parquet.Column, rows parquet.RowGroup) (*group, error) {
	g := &group{table: t, record: make([]string, len(top))}
	chunks := rows.ColumnChunks()
	for i := range t.chosen {
		for _, at := range []int{t.chosen[i].at, t.chosen[i].or} {
			if at < 0 {
				continue
			}
			s, err := newStripe(top[at], at, chunks)
			if err != nil {
				return g, err
			}
			g.columns = append(g.columns, s)
		}
	}
	return g, nil
}

func (g *group) close() {
	for _, s := range g.columns {
		s.close()
	}
}

// read reads rows, and hands their charges on.
func (g *group) read(ctx context.Context, rows int64) error {
	for i := range rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		g.line++
		for _, s := range g.columns {
			v, err := s.next()
			if err != nil {
				return fmt.Errorf("%w: %s: %w", errParquet, g.header[s.at], err)
			}
			g.record[s.at] = v
		}
		g.sum.Rows++
		ok, err := g.decode(g.record)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if g.stop = g.each(&g.c); g.stop != nil {
			return g.stop
		}
	}
	return nil
}
