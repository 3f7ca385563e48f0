#!/bin/sh
# Builds pulumi-language-nodejs into the folder $1. Writes nothing into the source tree:
# the hash of this folder is the key of the build cache.
set -eu
out=${1:?"usage: sh build.sh OUT_DIR"}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
export CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-mod=readonly -trimpath -buildvcs=false"
go build \
  -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.68.0" \
  -o "$out/pulumi-language-nodejs.partial" github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs
# This host reads no options of Pulumi.yaml, so they are given here: the same as there.
cat > "$out/pulumi-language-nodejs.script" <<'SCRIPT'
#!/bin/sh
host="$(dirname "$(readlink -f "$0")")/pulumi-language-nodejs-host"
exec "$host" -typescript=false -nodeargs=--disable-warning=MODULE_TYPELESS_PACKAGE_JSON "$@"
SCRIPT
chmod +x "$out/pulumi-language-nodejs.script"
# A build that is cut off leaves nothing under the name that is looked for.
mv "$out/pulumi-language-nodejs.partial" "$out/pulumi-language-nodejs-host"
mv "$out/pulumi-language-nodejs.script" "$out/pulumi-language-nodejs"
