// Package finops says what clusters cost: which charges of a bill are of which cluster,
// what they add up to by service, node, account or tag, and what a cluster would cost at
// list prices where there is no bill.
//
// It does no I/O. pkg/bill holds charges, which a bill.Source hands over; pkg/fred asks
// for them and keeps the Statements that are made of them.
package finops
