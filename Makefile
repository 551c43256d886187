# Everything that is done with fred's source. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
GO := CGO_ENABLED=0 go
BIN := bin/fred
# The race detector needs a C compiler; where there is none, tests run without.
RACE := $(shell if go env CC | xargs which >/dev/null 2>&1; then echo -race; fi)
PREFIX ?= $(HOME)/.local
GOLANGCI := 2.15.0
GOFUMPT := 0.12.0

.PHONY: help run demo test e2e bench lint build install docs completions golden fuzz clean

help: ## say what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## show the cluster of your own kubeconfig
	$(BIN) kube

demo: build ## build, then show what fred does, on simulated data
	@echo; echo "$$ fred --simulation kube"
	@$(BIN) --simulation kube
	@echo; echo "$$ fred --simulation kube workload deploy/web"
	@$(BIN) --simulation kube workload deploy/web
	@echo; echo "Next: make run, for your own cluster; $(BIN) --simulation serve, for the REST API."

test: ## unit, golden and script tests, with the race detector where it can run
	CGO_ENABLED=$(if $(RACE),1,0) go test $(RACE) ./...

e2e: build ## tests against a real control plane (built once, kept outside the checkout)
	tools=$$(internal/e2e/tools/build.sh) && FRED_TOOLS_DIR=$$tools FRED_BIN=$(CURDIR)/$(BIN) go test -tags e2e -count=1 -timeout 30m $(E2EFLAGS) ./internal/e2e/...

bench: build ## speed beside curl and kubectl, on a cluster of 22,000 objects
	tools=$$(internal/e2e/tools/build.sh) && FRED_TOOLS_DIR=$$tools FRED_BIN=$(CURDIR)/$(BIN) go run -tags e2e ./internal/e2e/cmd/bench --write docs/benchmarks.md

lint: ## vet, golangci-lint, gofumpt
	internal/e2e/tools/lint.sh $(GOLANGCI) $(GOFUMPT)

build: ## build bin/fred
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/fred

install: build ## install fred, and kubectl-fred beside it, below PREFIX
	install -d $(PREFIX)/bin
	install -m 755 $(BIN) $(PREFIX)/bin/fred
	ln -sf fred $(PREFIX)/bin/kubectl-fred
	install -m 755 completions/kubectl_complete-fred $(PREFIX)/bin/kubectl_complete-fred

docs: build ## renew docs/cli, docs/settings.md and docs/api from the source
	go test ./internal/cli -run Docs -update
	go test ./internal/server -run Description -update

completions: build ## renew completions/ from the command tree
	for shell in bash zsh fish; do $(BIN) completion $$shell > completions/fred.$$shell; done

golden: ## renew golden files; look at the difference before you commit
	go test ./internal/cli ./internal/server ./internal/view ./cmd/fred -update

clean: ## remove what was built here
	rm -rf bin dist
