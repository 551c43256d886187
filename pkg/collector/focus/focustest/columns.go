// Package focustest writes FOCUS files that are made up, and tells their totals
// exactly, for tests of what reads them. It holds what real files were found to hold:
// three ways to write that there is nothing, times without a zone, exponents, refunds,
// tags with quotes and newlines, and columns that FOCUS does not have.
package focustest

import (
	"slices"
	"strings"
)

// Versions are those of FOCUS that files are written in.
var Versions = []string{"1.0", "1.1", "1.2", "1.3", "1.4"}

var (
	columns10 = strings.Fields(`AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd
		BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart
		CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountStatus CommitmentDiscountType
		ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceIssuerName ListCost ListUnitPrice
		PricingCategory PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName
		ResourceType ServiceCategory ServiceName SkuId SkuPriceId SubAccountId SubAccountName Tags`)
	columns11 = strings.Fields(`CapacityReservationId CapacityReservationStatus CommitmentDiscountQuantity CommitmentDiscountUnit
		ServiceSubcategory SkuMeter SkuPriceDetails`)
	columns12 = strings.Fields(`BillingAccountType InvoiceId PricingCurrency PricingCurrencyContractedUnitPrice
		PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice SubAccountType`)
	columns13 = strings.Fields(`AllocatedMethodDetails AllocatedMethodId AllocatedResourceId AllocatedResourceName AllocatedTags
		ContractApplied HostProviderName ServiceProviderName`)
	columns14Lacks = []string{"ProviderName", "PublisherName"}
)

// Columns returns the columns of a version, by name.
func Columns(version string) []string {
	all := slices.Clone(columns10)
	if version >= "1.1" {
		all = append(all, columns11...)
	}
	if version >= "1.2" {
		all = append(all, columns12...)
	}
	if version >= "1.3" {
		all = append(all, columns13...)
	}
	if version >= "1.4" {
		all = slices.DeleteFunc(all, func(c string) bool { return slices.Contains(columns14Lacks, c) })
	}
	slices.Sort(all)
	return all
}
