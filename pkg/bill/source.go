package bill

import (
	"context"
	"fmt"
)

// Fields are what is asked of charges, beside their period, currency and category,
// which are always told. What is not asked for is not read, which is faster.
type Fields uint32

// The fields.
const (
	BilledCost Fields = 1 << iota
	EffectiveCost
	ListCost
	ContractedCost
	InvoicePeriod // PeriodStart and PeriodEnd
	Class
	Frequency
	Service
	ServiceCategory
	Provider // and Host
	Region
	SubAccount // and its name
	Resource   // its ID, name and type
	SKU
	PricingCategory
	Commitment // and its status
	ChargeTags
	Allocation // what the provider has split a charge among, and its tags
	Consumed
	Priced

	fieldsEnd

	FourCosts = BilledCost | EffectiveCost | ListCost | ContractedCost
	AllFields = fieldsEnd - 1
)

// Has says whether f holds all of o.
func (f Fields) Has(o Fields) bool { return f&o == o }

// Question is what is asked of a bill. Its zero value asks for when, in which currency
// and of which category charges are.
type Question struct {
	Fields  Fields
	Strict  bool          // the first problem is an error
	Problem func(Problem) // told of each problem as it is met; may be nil
	Tally   *Tally        // filled with what is written in rows, if it is not nil
}

// Source is where bills are read from.
type Source interface {
	// Read hands the charges to each, one after the other, in the order of the bill.
	// A charge is valid until each returns; its strings and tags remain. What each
	// returns ends it. A problem is told and counted, and does not end it, unless
	// nothing at all could be read.
	Read(ctx context.Context, q Question, each func(*Charge) error) (Summary, error)
}

// Problem is something in a bill that cannot be meant, or that is missing of it.
type Problem struct {
	File   string // with the name of the file in it after a colon, if it is a zip
	Line   int    // where the row begins, from 1; the last that was read, if the rest is lost; 0 if none was
	Column string // as FOCUS has it; "" if it is about the row or the file
	What   string // is wrong, in words that can be shown
	Lost   Lost
}

// Lost is what a problem keeps from the sums.
type Lost int

// What is lost.
const (
	Nothing Lost = iota // a column of the row, which is told without it
	Row                 // the row
	Rest                // what follows in the file, or all of it
)

// String writes p in a line.
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s = fmt.Sprintf("%s:%d", s, p.Line)
	}
	if p.Column != "" {
		s += ": " + p.Column
	}
	return s + ": " + p.What
}

// Summary is what reading a bill came to.
type Summary struct {
	Files    int               // that were begun
	Bytes    int64             // that were read, unpacked
	Rows     int               // that hold charges, or should
	Dropped  int               // rows that could not be read
	Broken   int               // files that could not be read, or not to their end
	Problems int               // of all kinds
	Unknown  [len(Metrics)]int // charges by the cost that was asked for and is not told
	Absent   Fields            // what was asked for and has no column in at least one file
}

// Partial says whether sums over the charges lack any.
func (s Summary) Partial() bool { return s.Dropped > 0 || s.Broken > 0 }
