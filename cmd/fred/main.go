// Command fred tells what runs on Kubernetes clusters, and what that means. As
// kubectl-fred it is a kubectl plugin.
package main

import (
	"os"

	"github.com/fredctl/fred/pkg/app"
)

// version is set when a release is built.
var version = "dev"

func main() { os.Exit(app.Main(app.WithVersion(version))) }
