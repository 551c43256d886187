package wire

import (
	"os"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
)

// bills says where costs are read from.
func bills(c config.FinOps, o *fred.Options) {
	if len(c.Focus) > 0 {
		o.Bill = func() (fred.Bill, error) { return focus.Find(c.Focus...) }
	}
	if c.Prices != "" {
		o.Prices = func() (finops.Sheet, error) {
			file, err := os.Open(c.Prices)
			if err != nil {
				return nil, fault.New(fault.Invalid, "read prices: %w", err).Hinted("Name a file with --prices.")
			}
			defer func() { _ = file.Close() }()
			return finops.ReadSheet(file, c.Prices)
		}
	}
}
