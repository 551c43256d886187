package money

import "fmt"

// Currency is a code of ISO 4217, such as EUR, in capitals.
type Currency string

// ParseCurrency reads a code of three letters, in any case. It does not know which of
// them exist.
func ParseCurrency(s string) (Currency, error) {
	if len(s) != 3 {
		return "", fmt.Errorf("no currency is called %.20q", s)
	}
	code := []byte(s)
	for i, c := range code {
		if c &^= 0x20; c < 'A' || c > 'Z' {
			return "", fmt.Errorf("no currency is called %.20q", s)
		}
		code[i] &^= 0x20
	}
	return Currency(code), nil
}
