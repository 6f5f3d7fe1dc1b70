#!/usr/bin/env bash
# Collects in target/release-files what a release publishes beside the image: archives of the program for kubectl, the
# manifest for krew, the chart, install.yaml, the list of what is inside (CycloneDX), and checksums.
#
# Run tools/image.sh first. Needs helm, kubectl, and cargo-cyclonedx, which it installs.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
out=$PWD/target/release-files
rm -rf "$out"
mkdir -p "$out"

say() { printf 'release: %s\n' "$*" >&2; }

# The same commit gives the same archive.
pack() { tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$1" -c . | gzip -n -9; }

platforms=
for architecture in amd64 arm64; do
  program=target/image/$architecture/holystone
  [ -x "$program" ] || { say "$program is missing; run tools/image.sh first"; exit 2; }
  archive=kubectl-holystone_v${version}_linux_$architecture.tar.gz
  say "packing $archive"
  stage=$(mktemp -d)
  install -m 0755 "$program" "$stage/kubectl-holystone"
  install -m 0644 LICENSE "$stage/LICENSE"
  pack "$stage" >"$out/$archive"
  rm -r "$stage"
  platforms+="
    - selector: {matchLabels: {os: linux, arch: $architecture}}
      uri: https://github.com/holystone-dev/holystone/releases/download/v$version/$archive
      sha256: $(sha256sum "$out/$archive" | cut -d' ' -f1)
      bin: kubectl-holystone"
done

cat >"$out/holystone.krew.yaml" <<YAML
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: holystone
spec:
  version: v$version
  homepage: https://github.com/holystone-dev/holystone
  shortDescription: Triage the findings of an audited cluster
  description: |
    Lists, explains, assigns, dismisses and snoozes the findings that the controller Holystone keeps as
    ActionItems, with the rights of whoever asks. The same program judges manifests: kubectl holystone scan.
  platforms:$platforms
YAML

# The chart and install.yaml name the image by its digest.
digest=$(grep -o '"digest":"sha256:[0-9a-f]*"' target/image/oci/index.json | cut -d'"' -f4)
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { say "target/image/oci holds something else than one image"; exit 2; }

say "packing the chart"
stage=$(mktemp -d)
cp -r charts/holystone "$stage/"
sed -i "s/^  digest: \"\"$/  digest: $digest/" "$stage/holystone/values.yaml"
grep -q "$digest" "$stage/holystone/values.yaml"
helm package "$stage/holystone" --version "$version" --app-version "$version" --destination "$out" >/dev/null
rm -r "$stage"

say "building install.yaml"
image=ghcr.io/holystone-dev/holystone:$version
kubectl kustomize config/default | sed "s|image: $image\$|&@$digest|" >"$out/install.yaml"
grep -q "image: $image@$digest" "$out/install.yaml"

say "listing what is inside"
cargo cyclonedx --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-cyclonedx
cargo cyclonedx --quiet --format json --target x86_64-unknown-linux-musl --override-filename holystone.cdx
mv holystone.cdx.json "$out/"
# It writes one for each member of the workspace; tests are not released.
rm -f tests/control-plane/holystone.cdx.json

(cd "$out" && sha256sum -- * >SHA256SUMS)
say "done: target/release-files"
