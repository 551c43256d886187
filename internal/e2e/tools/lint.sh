#!/usr/bin/env bash
# Runs the linters at the given versions, built once into the tools' folder.
set -euo pipefail
golangci=$1 gofumpt=$2
tools=${FRED_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fred-tools}/lint-$golangci-$gofumpt-$(go env GOVERSION)
if [ ! -x "$tools/golangci-lint" ]; then
  echo "building golangci-lint $golangci (once)" >&2
  GOBIN=$tools go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$golangci"
fi
if [ ! -x "$tools/gofumpt" ]; then
  GOBIN=$tools go install "mvdan.cc/gofumpt@v$gofumpt"
fi
go vet ./...
go vet -tags e2e ./internal/e2e/...
unformatted=$(git ls-files '*.go' | xargs "$tools/gofumpt" -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted by gofumpt:\n%s\n' "$unformatted" >&2
  exit 1
fi
"$tools/golangci-lint" run ./...
