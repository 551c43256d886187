package fred

import (
	"context"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// refusal is a list that the cluster does not give to whoever asks. The lists in
// the cache belong to the cluster, whoever read them; a refusal belongs to one
// asker, so that nobody is taken for somebody with fewer rights.
type refusal struct {
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// refusal returns why a list was refused to this asker a moment ago, or nil.
func (l *loading) refusal(ctx context.Context, r kube.Resource, namespace string) error {
	if l.query.Refresh || l.query.MaxAge != nil {
		return nil
	}
	e, err := cache.Read[refusal](ctx, l.Cache, refusedKey(l.cluster, r, namespace))
	if err != nil || e.State != cache.Fresh || e.Header.ClusterUID != l.identity() {
		return nil
	}
	l.recalled.Store(true)
	return fault.New(fault.Forbidden, "%s", e.Value.Message).Hinted("%s", e.Value.Hint)
}

// keepRefusal keeps why a list was refused as long as a list would be fresh.
func (l *loading) keepRefusal(ctx context.Context, r kube.Resource, namespace string, why error) {
	request := cache.Request{
		Key: refusedKey(l.cluster, r, namespace), TTL: l.Age, Source: l.Source, ClusterUID: l.identity(), Refresh: true,
	}
	_, err := cache.Fetch(ctx, l.Cache, request, func(context.Context) (cache.Collected[refusal], error) {
		return collected(l.Fred, refusal{why.Error(), fault.HintOf(why)}, l.identity()), nil
	})
	if err != nil {
		l.Log.Debug("keep a refusal", "key", request.Key, "err", err)
	}
}
