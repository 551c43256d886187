// Package cache keeps what collectors read, with when and from where it was
// read, and decides whether to serve it or to ask again.
//
// An entry is a small file of two lines: a header, which says what the entry
// is, and the payload, which is the collected value as JSON. Both are covered
// by hashes, so that a damaged entry is noticed and never served. Entries live
// in a [Store]: a [Folder], a [Memory], or anything that passes the suite in
// cachetest. All state is in the entry; a restart or a copied folder changes
// nothing.
//
// [Fetch] is the way in for whatever has a source, [Read] for whatever is
// stored. Three rules hold throughout: a read never deletes, an error never
// replaces a good entry, and a failing store never loses an answer.
//
// The package knows no collector, no Kubernetes and no format of a payload; it
// does not know what a secret is either, but passes every payload through
// [Options].Seal before it is stored.
package cache
