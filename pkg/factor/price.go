package factor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// PriceOfCPU returns what an hour of a vCPU costs at list prices, its memory included,
// in USD: the median of the provider's machines in the table, of all where it has none
// of that provider. The range holds eight of ten machines.
func PriceOfCPU(provider string) Factor {
	provider = Provider(provider)
	prices, last := pricesOf(provider)
	if len(prices) == 0 {
		provider = "all clouds"
		prices, last = pricesOf("")
	}
	slices.Sort(prices)
	at := func(share float64) float64 { return prices[int(share*float64(len(prices)-1)+0.5)] }
	year, _ := strconv.Atoi(strings.SplitN(last.PriceDate, "-", 2)[0])
	return Factor{
		Value: at(0.5), Low: at(0.1), High: at(0.9), Source: last.PriceSource, Year: year,
		Note: fmt.Sprintf("median of %d machines of %s, by vCPU", len(prices), provider),
	}
}

func pricesOf(provider string) (perCPU []float64, last Machine) {
	for _, m := range machines() {
		price, err := strconv.ParseFloat(m.HourlyUSD, 64)
		if err != nil || m.CPUs == 0 || provider != "" && m.Provider != provider {
			continue
		}
		perCPU = append(perCPU, price/float64(m.CPUs))
		if m.PriceDate+m.PriceSource > last.PriceDate+last.PriceSource {
			last = m
		}
	}
	return perCPU, last
}
