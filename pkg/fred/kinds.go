package fred

import (
	"context"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/legacy"
)

// entryKinds are the kinds of entries that this fred writes.
func entryKinds() []string {
	kinds := []string{}
	for _, r := range kube.Known {
		kinds = append(kinds, string(r))
	}
	kinds = append(kinds, serverKind, factsKind, refusedKind, energyKind, gridKind, billKind, usageKind)
	for _, a := range legacy.Artifacts {
		kinds = append(kinds, artifactKind(a))
	}
	return kinds
}

// checkKinds says which of kinds no entry could be of: this fred writes none such,
// and none is cached that another one wrote.
func (f *Fred) checkKinds(ctx context.Context, kinds []string) error {
	known := entryKinds()
	strange := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return slices.Contains(known, k) })
	if len(strange) == 0 {
		return nil
	}
	for l, err := range f.Cache.List(ctx, cache.Key{}) {
		if err != nil {
			return err
		}
		if p := placeListed(l); p.kind != "" {
			strange = slices.DeleteFunc(strange, func(k string) bool { return k == p.kind })
		}
	}
	if len(strange) == 0 {
		return nil
	}
	err := unknown("kind of entry", strange[0], known)
	if fault.HintOf(err) == "" {
		return fault.New(fault.NotFound, "%w", err).Hinted("The kinds are %s.", strings.Join(known, ", "))
	}
	return err
}
