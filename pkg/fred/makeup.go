package fred

import "context"

// makeUp puts all that is simulated into the cache, which has nothing of it
// before somebody asks. Else it does nothing.
func (f *Fred) makeUp(ctx context.Context) error {
	if !f.Simulated {
		return nil
	}
	if _, err := f.Overview(ctx, Query{AllClusters: true}); err != nil {
		return err
	}
	_, err := f.Cost(ctx, CostQuery{Query: Query{AllClusters: true}})
	return err
}
