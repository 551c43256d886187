// Package rig runs a real Kubernetes control plane for fred's end-to-end tests
// and benchmarks: etcd, kube-apiserver, the controllers, the scheduler, and
// kwok in the place of the kubelets, each a process on a free loopback port.
// It knows how to fill a cluster and how to break it; it knows nothing of fred.
package rig
