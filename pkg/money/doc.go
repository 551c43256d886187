// Package money holds amounts of money, and of what is billed, as exact decimals. It
// reads them as bills write them, adds them up to the last digit, and takes parts of
// them that add up to the whole.
//
// It knows neither rates nor prices. An amount does not know its currency, which is
// kept beside it: whoever adds amounts keeps those of two currencies apart.
package money
