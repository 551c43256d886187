// Package grid reads what electricity grids emitted, hour by hour, from those who
// publish it: NESO for Great Britain, RTE for France, EIA for the United States and
// Electricity Maps for most of the world.
//
// It knows their wire formats and turns them into hours in UTC. It knows neither
// which of them to prefer nor what to take where none answers, and keeps nothing.
//
// Two intensities are told apart. The direct one is of what power plants burn; the
// one over their life cycle adds building, fuel supply and dismantling, and is what
// reports compare. Where a source publishes the first alone, the second is computed
// from its mix of fuels, by factor.OfMix.
//
// Every source is safe for concurrent use. Errors are faults: Unauthorized for a key
// that is missing or not known, Forbidden for what a key's plan does not hold,
// NotFound for a zone that a source does not have, Unreachable for a source that is
// down or asks fred to wait, Timeout, and BadAnswer for what cannot be understood.
// No error holds a key.
package grid
