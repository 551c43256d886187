// Package redact decides what of a cluster may be stored, shown and sent.
//
// It works in two layers. The first is an allow list, used once by a collector
// while it copies fields out of an object: [Env], [Command], [Annotations] and
// [ConfigValue] keep what is harmless by type or by name and put a typed
// placeholder such as ‹string› in place of the rest. The second is a net for
// what slipped through and for everything imported: [Text] for one string,
// [Net] for one JSON document, [Labels] for a map that must stay usable.
// [Terminal] is for the eyes: it takes the control characters out of text that
// somebody else wrote.
//
// The package knows names and shapes of secrets; it does not know Kubernetes
// types, does no I/O and never asks whether a secret is valid. It handles
// secrets only: names, hosts and addresses are identities, which are masked
// elsewhere and only on the way out. What it cannot see is listed in
// docs/method/secrets.md, the published form of this policy.
//
// Every function here is safe for concurrent use.
package redact

// Policy is the version of the secret policy, which goes into every cache
// entry. It changes whenever an older entry could hold something that the
// rules of today would have masked.
const Policy = "1"
