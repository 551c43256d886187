package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/collector/focus/focustest"
)

// How large the bills are that are measured on.
const (
	smallBill  = 50 << 20
	billRounds = 3
)

// billBoard is what questions about a bill are measured on.
type billBoard struct {
	board
	size int64
}

// duckQuery is the question, in the terms of who would be asked instead. Its numbers are
// doubles, as they are read.
const duckQuery = `import { DuckDBInstance } from '@duckdb/node-api';
const db = await DuckDBInstance.create(':memory:', { threads: '2' });
const c = await db.connect();
const r = await c.runAndReadAll("select ServiceName, date_trunc('day', cast(ChargePeriodStart as timestamp)) as day, sum(try_cast(EffectiveCost as double)) from read_csv('" + process.argv[2] + "', all_varchar = true) group by all order by all");
console.log(r.getRowObjects().length);
`

// measureBill measures questions about a bill beside DuckDB, and removes what it made.
func measureBill(ctx context.Context, dir string, p programs, size int64, rounds int) (b *billBoard, err error) {
	dir = filepath.Join(dir, "bill")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	large, small := filepath.Join(dir, "large.csv"), filepath.Join(dir, "small.csv")
	say("writing bills of %s and %s", memory(size), memory(smallBill))
	if err := errors.Join(writeBill(large, size), writeBill(small, smallBill)); err != nil {
		return nil, err
	}
	if err := installDuck(ctx, dir); err != nil {
		return nil, err
	}
	b = newBillBoard(dir, p, large, small, size)
	return b, b.measure(ctx, rounds)
}

// writeBill writes a bill of that size, by repeating a thousand rows.
func writeBill(path string, size int64) (err error) {
	var block bytes.Buffer
	if _, err := focustest.Write(&block, focustest.Options{Rows: 1000, Seed: 1}); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	header, rows, _ := bytes.Cut(block.Bytes(), []byte("\n"))
	if _, err := file.Write(append(header, '\n')); err != nil {
		return err
	}
	for written := int64(0); written < size; written += int64(len(rows)) {
		if _, err := io.Copy(file, bytes.NewReader(rows)); err != nil {
			return err
		}
	}
	return nil
}

// installDuck installs DuckDB for Node.
func installDuck(ctx context.Context, dir string) error {
	say("installing DuckDB")
	cmd := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", dir, "@duckdb/node-api")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("install DuckDB: %w: %s", err, out)
	}
	return os.WriteFile(filepath.Join(dir, "query.mjs"), []byte(duckQuery), 0o600)
}

func newBillBoard(dir string, p programs, large, small string, size int64) *billBoard {
	b := &billBoard{board: board{programs: p, dir: dir, home: filepath.Join(dir, "home")}, size: size}
	env := []string{"HOME=" + filepath.Join(dir, "home"), "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + filepath.Join(dir, "none")}
	forget := func() error {
		return errors.Join(os.RemoveAll(filepath.Join(dir, "home")), os.MkdirAll(filepath.Join(dir, "home"), 0o700))
	}
	ask := func(path, by string) []string {
		return []string{
			p.fred, "finops", "--whole-bill", "--focus", path, "--by", by, "--step", "1d",
			"--start", focustest.Month.Format(time.DateOnly), "--end", focustest.Month.AddDate(0, 1, 0).Format(time.DateOnly),
		}
	}
	duck := &subject{name: "DuckDB, in doubles", argv: []string{"node", filepath.Join(dir, "query.mjs"), large}, env: env}
	b.subjects = []*subject{
		duck,
		{name: "`fred finops` by service and day, exact, four costs, nothing cached", argv: ask(large, "service"), env: env, before: forget, yard: duck, within: 3, memory: 150 * mib},
		{name: "another question, by region and day", argv: ask(large, "region"), env: env, most: 200 * time.Millisecond},
		{name: "the first of a bill of " + memory(smallBill), argv: ask(small, "service"), env: env, before: forget, memory: 150 * mib},
	}
	return b
}

// table tells how fast questions about a bill are.
func (b *billBoard) table() string {
	var s strings.Builder
	fmt.Fprintf(&s, "A bill of %s in FOCUS, by service and day, in turn, %d times after once for warming up.\n\n", memory(b.size), len(b.subjects[0].costs))
	s.WriteString(columns)
	for _, one := range b.subjects {
		one.row(&s)
	}
	return s.String()
}
