// Package focus reads bills in FOCUS 1.0 to 1.4, as CSV, which may be packed by gzip
// or zip. It finds their files by path, folder, pattern or the manifest that a cloud
// has put beside them, and reads them in one pass, in bounded memory.
//
// Columns are known by name, in any order and case; others are passed over. What
// cannot be read is a problem with its file, line and column, which is told and
// counted: nothing is dropped in silence, and nothing is guessed. It knows nothing of
// what charges are added up to, and keeps nothing.
package focus
