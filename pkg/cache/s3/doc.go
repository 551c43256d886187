// Package s3 keeps the cache in a bucket of Amazon S3, or of what speaks its
// language, so that several people and several servers share one.
//
// A blob is an object: its key is the prefix, a slash and the blob's name.
// Nothing outside the prefix is ever listed, read or changed, and what is below
// it and not fred's is left alone. What fred needs beside the blobs is below
// .fred/, which is no name of a blob: a lock, which one batch of changes at a
// time holds by conditional writes, and what batches stage.
//
// The package knows no entry: it moves bytes. Nothing is asked of the network
// before the first operation.
package s3
