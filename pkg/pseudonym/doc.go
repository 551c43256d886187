// Package pseudonym masks identities on the way out: what is kept of a cluster
// becomes what may leave the company. Clusters, namespaces, objects, images,
// hosts, labels and all other names become pseudonyms, which are keyed with the
// random key of an installation: the same name has the same pseudonym, so what
// belongs together stays together, and nobody without the key can tell by trying
// names which one it was.
//
// A field passes only what this package knows: pseudonyms, numbers, times and a
// closed vocabulary that is the same for everybody. A field or word that nobody
// has decided on does not pass.
//
// It does no I/O but for the file of the key, and knows no cache and no archive.
package pseudonym
