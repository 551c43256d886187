// Package server is the REST face of fred: it turns requests into questions to
// pkg/fred, and its reports and errors into HTTP.
//
// It knows no collector and no cache. It answers with the rights of whoever
// started it, so it is closed by default: loopback only, names that are not its
// own refused, and no page of another origin let in.
package server
