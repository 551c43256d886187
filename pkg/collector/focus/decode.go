package focus

import (
	"fmt"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
)

// decoder reads values. It remembers those that come again.
type decoder struct {
	words      memo[string]
	times      memo[time.Time]
	currencies memo[money.Currency]
	tags       memo[bill.Tags]
}

// null says whether a value is one of the ways to write that there is none.
func null(s string) bool { return s == "" || len(s) == 4 && strings.EqualFold(s, "null") }

func (d *decoder) start(c *bill.Charge, s string) (err error) {
	c.Start, err = d.times.of(s, readTime)
	return err
}

func (d *decoder) end(c *bill.Charge, s string) (err error) {
	c.End, err = d.times.of(s, readTime)
	return err
}

func (d *decoder) periodStart(c *bill.Charge, s string) (err error) {
	c.PeriodStart, err = d.times.of(s, readTime)
	return err
}

func (d *decoder) periodEnd(c *bill.Charge, s string) (err error) {
	c.PeriodEnd, err = d.times.of(s, readTime)
	return err
}

func (d *decoder) currency(c *bill.Charge, s string) (err error) {
	c.Currency, err = d.currencies.of(s, money.ParseCurrency)
	return err
}

var categories = [...]bill.Category{bill.Usage, bill.Purchase, bill.Tax, bill.Credit, bill.Adjustment}

func (*decoder) category(c *bill.Charge, s string) error {
	for _, category := range categories {
		if strings.EqualFold(s, string(category)) {
			c.Category = category
			return nil
		}
	}
	return fmt.Errorf("no category of FOCUS: %s", quote(s))
}
