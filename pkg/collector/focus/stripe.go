package focus

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"time"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/fredctl/fred/pkg/fault"
)

// stripe is a column of a group of rows. It tells values as a CSV would.
type stripe struct {
	at     int // in the header
	leaves []*leaf
	said   memo[string] // of maps, what they are in JSON
	raw    []byte
}

// leaf is a part of a column that has values: all of it, but for maps.
type leaf struct {
	text  func(l *leaf, v *parquet.Value) string
	pages parquet.Pages
	page  parquet.Page
	in    parquet.ValueReader
	some  []parquet.Value
	i, n  int
	scale int32
	unit  time.Duration // of times
	times map[int64]string
	b     []byte
}

// atATime is how many values of a column are read at once.
const atATime = 512

// newStripe makes ready to read a column: of single values, or a map of words.
func newStripe(c *parquet.Column, at int, chunks []parquet.ColumnChunk) (*stripe, error) {
	s := &stripe{at: at}
	var of []*parquet.Column
	switch {
	case c.Leaf() && c.MaxRepetitionLevel() == 0:
		of = []*parquet.Column{c}
	case len(c.Columns()) == 1 && c.Columns()[0].Repeated():
		if of = c.Columns()[0].Columns(); len(of) == 2 && of[0].Leaf() && of[1].Leaf() && of[1].MaxRepetitionLevel() == 1 {
			break
		}
		fallthrough
	default:
		return s, fault.New(fault.Invalid, "column %s is neither of single values nor a map of words", quote(c.Name())).
			Hinted("Export the bill as FOCUS 1.0 or later.")
	}
	for _, leafColumn := range of {
		l := &leaf{some: make([]parquet.Value, atATime)}
		if l.text = l.teller(leafColumn.Type()); l.text == nil || leafColumn.Index() >= len(chunks) {
			return s, fault.New(fault.Invalid, "column %s is of %s, which is not read", quote(c.Name()), leafColumn.Type()).
				Hinted("Export the bill as FOCUS 1.0 or later.")
		}
		l.pages = chunks[leafColumn.Index()].Pages()
		s.leaves = append(s.leaves, l)
	}
	return s, nil
}

func (s *stripe) close() {
	for _, l := range s.leaves {
		l.release()
		_ = l.pages.Close() // of what is only read
	}
}

// next returns the value of the next row; "" where there is none. It is valid until the
// next after it.
func (s *stripe) next() (string, error) {
	if len(s.leaves) == 1 {
		v, err := s.leaves[0].next()
		if err != nil || v.IsNull() {
			return "", err
		}
		return s.leaves[0].text(s.leaves[0], v), nil
	}
	return s.nextMap()
}

// nextMap returns the map of the next row in JSON.
func (s *stripe) nextMap() (string, error) {
	keys, values := s.leaves[0], s.leaves[1]
	s.raw = s.raw[:0]
	for first := true; ; first = false {
		k, err := keys.peek()
		if !first && (errors.Is(err, io.EOF) || err == nil && k.RepetitionLevel() == 0) {
			break
		}
		if err != nil {
			return "", err
		}
		keys.i++
		v, err := values.next()
		if err != nil {
			return "", err
		}
		if k.IsNull() { // of a row without a map, or one without entries
			continue
		}
		s.raw = appendWord(s.raw, keys.text(keys, k))
		if !v.IsNull() {
			s.raw = append(appendWord(s.raw, values.text(values, v)), 1)
		} else {
			s.raw = append(appendWord(s.raw, ""), 0)
		}
	}
	if len(s.raw) == 0 {
		return "", nil
	}
	return s.said.of(view(s.raw), mapInJSON)
}

// appendWord appends a word and how long it is.
func appendWord(b []byte, word string) []byte {
	return append(append(strconv.AppendInt(b, int64(len(word)), 10), ':'), word...)
}

// mapInJSON turns words that appendWord wrote, by twos, into JSON.
func mapInJSON(raw string) (string, error) {
	all := map[string]*string{}
	word := func() string {
		n := 0
		for raw[0] != ':' {
			n, raw = n*10+int(raw[0]-'0'), raw[1:]
		}
		w := raw[1 : n+1]
		raw = raw[n+1:]
		return w
	}
	for raw != "" {
		k, v := word(), word()
		if all[k] = &v; raw[0] == 0 {
			all[k] = nil
		}
		raw = raw[1:]
	}
	b, err := json.Marshal(all)
	return string(b), err
}

// next returns the next value.
func (l *leaf) next() (*parquet.Value, error) {
	v, err := l.peek()
	l.i++
	return v, err
}

// peek returns the next value, and leaves it there.
func (l *leaf) peek() (*parquet.Value, error) {
	for l.i >= l.n {
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	return &l.some[l.i], nil
}

// fill reads the next few values.
func (l *leaf) fill() (err error) {
	if l.page == nil {
		if l.page, err = l.pages.ReadPage(); err != nil {
			l.page = nil
			return err
		}
		l.in = l.page.Values()
	}
	l.i = 0
	l.n, err = l.in.ReadValues(l.some)
	if l.n == 0 {
		l.release()
		if err == nil || errors.Is(err, io.EOF) {
			return nil // the next page may have some
		}
		return err
	}
	return nil
}

func (l *leaf) release() {
	if l.page != nil {
		parquet.Release(l.page)
		l.page, l.in = nil, nil
	}
}

// teller returns what tells values of a type; nil where none does.
func (l *leaf) teller(t parquet.Type) func(*leaf, *parquet.Value) string {
	var logical format.LogicalTypeValue
	if of := t.LogicalType(); of != nil {
		logical = of.Value
	}
	if decimal, ok := logical.(*format.DecimalType); ok {
		l.scale = decimal.Scale
		return map[parquet.Kind]func(*leaf, *parquet.Value) string{
			parquet.Int32: (*leaf).decimal32, parquet.Int64: (*leaf).decimal64,
			parquet.FixedLenByteArray: (*leaf).decimal, parquet.ByteArray: (*leaf).decimal,
		}[t.Kind()]
	}
	if stamp, ok := logical.(*format.TimestampType); ok {
		l.unit = time.Nanosecond
		switch stamp.Unit.Value.(type) {
		case *format.MilliSeconds:
			l.unit = time.Millisecond
		case *format.MicroSeconds:
			l.unit = time.Microsecond
		}
		return (*leaf).time
	}
	if _, ok := logical.(*format.DateType); ok && t.Kind() == parquet.Int32 {
		l.unit = 24 * time.Hour
		return (*leaf).date
	}
	return map[parquet.Kind]func(*leaf, *parquet.Value) string{
		parquet.ByteArray: (*leaf).word, parquet.Int32: (*leaf).whole32, parquet.Int64: (*leaf).whole64,
		parquet.Double: (*leaf).double, parquet.Float: (*leaf).float, parquet.Int96: (*leaf).time96,
	}[t.Kind()]
}

// view returns b as a string, without a copy: until b changes.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (*leaf) word(v *parquet.Value) string { return view(v.ByteArray()) }

func (l *leaf) whole64(v *parquet.Value) string { return l.scaled(v.Int64(), 0) }

func (l *leaf) whole32(v *parquet.Value) string { return l.scaled(int64(v.Int32()), 0) }

func (l *leaf) decimal64(v *parquet.Value) string { return l.scaled(v.Int64(), l.scale) }

func (l *leaf) decimal32(v *parquet.Value) string { return l.scaled(int64(v.Int32()), l.scale) }

// scaled tells n × 10^-scale.
func (l *leaf) scaled(n int64, scale int32) string {
	l.b = strconv.AppendInt(l.b[:0], n, 10)
	return l.exponent(scale)
}

func (l *leaf) exponent(scale int32) string {
	if scale != 0 {
		l.b = strconv.AppendInt(append(l.b, 'E'), -int64(scale), 10)
	}
	return view(l.b)
}

// decimal tells a decimal whose digits are an integer in two's complement, the highest
// byte first.
func (l *leaf) decimal(v *parquet.Value) string {
	b := v.ByteArray()
	if len(b) == 0 {
		return ""
	}
	negative := b[0] >= 0x80
	sign := byte(0)
	if negative {
		sign = 0xff
	}
	for len(b) > 1 && b[0] == sign && (b[1] >= 0x80) == negative {
		b = b[1:]
	}
	if len(b) <= 8 {
		n := int64(int8(b[0])) //nolint:gosec // it has a sign
		for _, next := range b[1:] {
			n = n<<8 | int64(next)
		}
		return l.scaled(n, l.scale)
	}
	if n, scale, ok := short(b, l.scale); ok {
		return l.scaled(n, scale)
	}
	n := new(big.Int).SetBytes(b)
	if negative {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b)*8))) //nolint:gosec // a length
	}
	l.b = n.Append(l.b[:0], 10)
	return l.exponent(l.scale)
}

// short returns the decimal without zeros at its end, where it has so many that an int64
// holds the rest.
func short(b []byte, scale int32) (n int64, rest int32, ok bool) {
	if len(b) > 16 {
		return 0, 0, false
	}
	var hi, lo uint64
	if b[0] >= 0x80 {
		hi, lo = math.MaxUint64, math.MaxUint64
	}
	for _, next := range b {
		hi, lo = hi<<8|lo>>56, lo<<8|uint64(next)
	}
	negative := hi >= 1<<63
	if negative {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	for _, by := range []struct {
		power uint64
		zeros int32
	}{{1e12, 12}, {1e6, 6}, {1e3, 3}, {10, 1}, {10, 1}} {
		if scale < by.zeros {
			continue
		}
		over, under := bits.Div64(hi%by.power, lo, by.power)
		if under == 0 {
			hi, lo, scale = hi/by.power, over, scale-by.zeros
		}
	}
	if hi > 0 || lo > math.MaxInt64 {
		return 0, 0, false
	}
	if n = int64(lo); negative {
		n = -n
	}
	return n, scale, true
}

func (l *leaf) double(v *parquet.Value) string { return l.shortest(v.Double(), 64) }

func (l *leaf) float(v *parquet.Value) string { return l.shortest(float64(v.Float()), 32) }

// shortest tells the shortest decimal that is next to f.
func (l *leaf) shortest(f float64, size int) string {
	l.b = strconv.AppendFloat(l.b[:0], f, 'g', -1, size)
	return view(l.b)
}

func (l *leaf) date(v *parquet.Value) string { return l.moment(int64(v.Int32())) }

func (l *leaf) time(v *parquet.Value) string { return l.moment(v.Int64()) }

// mostTimes is how many times a column is remembered to have.
const mostTimes = 10_000

// moment tells the time that is n units after 1970.
func (l *leaf) moment(n int64) string {
	if s, ok := l.times[n]; ok {
		return s
	}
	if l.times == nil || len(l.times) > mostTimes {
		l.times = map[int64]string{}
	}
	at := time.Unix(n*int64(l.unit/time.Second), 0) // of days
	if per := int64(time.Second / l.unit); per > 0 {
		at = time.Unix(n/per, n%per*int64(l.unit))
	}
	s := at.UTC().Format(time.RFC3339Nano)
	l.times[n] = s
	return s
}

// julian is the day of 1970-01-01 in days of Julius Scaliger, which times of 96 bits have.
const julian = 2440588

func (*leaf) time96(v *parquet.Value) string {
	i := v.Int96()
	nanoseconds := int64(i[1])<<32 | int64(i[0])
	days := int64(i[2]) - julian
	return time.Unix(days*24*3600, nanoseconds).UTC().Format(time.RFC3339Nano)
}
