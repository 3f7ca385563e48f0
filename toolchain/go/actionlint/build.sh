#!/bin/sh
# Builds actionlint into the folder $1. Writes nothing into the source tree:
# the hash of this folder is the key of the build cache.
set -eu
out=${1:?"usage: sh build.sh OUT_DIR"}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -trimpath -buildvcs=false"
go build -ldflags "-s -w -X github.com/rhysd/actionlint.version=1.7.12" \
	-o "$out/actionlint.partial" github.com/rhysd/actionlint/cmd/actionlint
# A build that is cut off leaves no binary under its name.
mv "$out/actionlint.partial" "$out/actionlint"
