#!/bin/sh
# Builds pulumi into the folder $1. Writes nothing into the source tree:
# the hash of this folder is the key of the build cache.
set -eu
out=${1:?"usage: sh build.sh OUT_DIR"}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -trimpath -buildvcs=false"
go build -tags osusergo,grpcnotrace \
  -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0" \
  -o "$out/pulumi.partial" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
# A build that is cut off leaves no binary under its name.
mv "$out/pulumi.partial" "$out/pulumi"
