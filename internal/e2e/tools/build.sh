#!/usr/bin/env bash
# Builds the servers that fred's end-to-end tests run against, once: what is
# there already is not built again. Prints the folder they are in on stdout,
# and what it is doing on stderr.
#
# FRED_TOOLS is where the folders are kept, ~/.cache/fred-tools when unset.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

export CGO_ENABLED=0
kubernetes=$(sed -n 's|^\s*k8s.io/kubernetes v\([^ ]*\).*|\1|p' go.mod)
kwok=sigs.k8s.io/kwok@v0.8.0 # outside go.mod: it asks for other Kubernetes modules
minio=v0.0.0-20260212201848-7aac2a2c5b7c # not in the key, but in the name: the others stay when it changes
prometheus=v0.316.0 # Prometheus 3; not in the key either
victoria=v1.151.0 # the newest that Go 1.26 builds; not in the key either
thanos=v0.42.4 # likewise
version=k8s.io/component-base/version
IFS=. read -r major minor _ <<<"$kubernetes"
ldflags="-s -w -X $version.gitVersion=v$kubernetes -X $version.gitMajor=$major -X $version.gitMinor=$minor"

key=$({ cat go.mod go.sum; go version; echo "$ldflags $kwok"; } | sha256sum | cut -c1-16)
dir="${FRED_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fred-tools}/$key"
mkdir -p "$dir"
temp=
trap '[ -z "$temp" ] || rm -rf "$temp"' EXIT

# stage NAME makes a fresh folder beside the binaries, unless NAME is there.
stage() {
	[ ! -e "$dir/$1" ] || return 1
	echo "building $1 into $dir" >&2
	temp=$(mktemp -d "$dir/.$1.XXXXXX") || exit
}

# publish NAME moves NAME out of the fresh folder in one step.
publish() {
	mv -T "$temp/$1" "$dir/$1"
	rm -rf "$temp"
	temp=
}

build() { # NAME PACKAGE
	stage "$1" || return 0
	go build -trimpath -buildvcs=false -ldflags "$ldflags" -o "$temp/$1" "$2" >&2
	publish "$1"
}

build etcd go.etcd.io/etcd/server/v3
for name in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
	build "$name" "k8s.io/kubernetes/cmd/$name"
done

if stage kwok; then
	GOBIN="$temp" GOFLAGS= go install -trimpath -ldflags '-s -w' "${kwok/@//cmd/kwok@}" >&2
	publish kwok
fi

# An S3 that the tests may kill, beside the rest under a name without a version.
name="minio-${minio##*-}"
if stage "$name"; then
	GOBIN="$temp" GOFLAGS= go install -trimpath -ldflags '-s -w' "github.com/minio/minio@$minio" >&2
	mv "$temp/minio" "$temp/$name"
	publish "$name"
fi
ln -sfn "$name" "$dir/minio"

# A Prometheus 3 beside Debian's 2. Of what it can discover nothing is needed.
name="prometheus-$prometheus"
if stage "$name"; then
	GOBIN="$temp" GOFLAGS= go install -trimpath -ldflags '-s -w' -tags remove_all_sd "github.com/prometheus/prometheus/cmd/prometheus@$prometheus" >&2
	mv "$temp/prometheus" "$temp/$name"
	publish "$name"
fi

# What else speaks Prometheus's API, each under a name without a version.
name="victoria-metrics-$victoria"
if stage "$name"; then
	GOBIN="$temp" GOFLAGS= go install -trimpath -ldflags '-s -w' "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics@$victoria" >&2
	mv "$temp/victoria-metrics" "$temp/$name"
	publish "$name"
fi
ln -sfn "$name" "$dir/victoria-metrics"

name="thanos-$thanos"
if stage "$name"; then # in its own folder, since its go.mod replaces modules; it crashes with other labels
	module=$(GOFLAGS= go mod download -json "github.com/thanos-io/thanos@$thanos" | sed -n 's/^\s*"Dir": "\(.*\)",\{0,1\}$/\1/p')
	(cd "$module" && GOFLAGS= go build -trimpath -buildvcs=false -ldflags '-s -w' -tags slicelabels -o "$temp/$name" ./cmd/thanos) >&2
	publish "$name"
fi
ln -sfn "$name" "$dir/thanos"

# kwok does nothing without the stages that its module ships as YAML.
if stage stages; then
	module=$(GOFLAGS= go mod download -json "$kwok" | sed -n 's/^\s*"Dir": "\(.*\)",\{0,1\}$/\1/p')
	mkdir "$temp/stages"
	for file in node/fast/node-initialize node/heartbeat/node-heartbeat \
		pod/fast/pod-ready pod/fast/pod-complete pod/fast/pod-delete; do
		cp "$module/kustomize/stage/$file.yaml" "$temp/stages/"
		chmod u+w "$temp/stages/${file##*/}.yaml"
	done
	publish stages
fi

echo "$dir"
