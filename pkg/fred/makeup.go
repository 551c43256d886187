package fred

import "context"

// makeUp puts all that is simulated into the cache, which has nothing of it
// before somebody asks. Else it does nothing.
func (f *Fred) makeUp(ctx context.Context) error {
	if !f.Simulated {
		return nil
	}
	_, err := f.Overview(ctx, Query{AllClusters: true})
	return err
}
