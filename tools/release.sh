#!/usr/bin/env bash
# Collects in target/release-files what a release publishes beside the image: archives of the program for kubectl, the
# manifest for krew, the chart, install.yaml, the list of what is inside (CycloneDX), and checksums.
#
# Run tools/image.sh first. Needs helm, and cargo-cyclonedx, which it installs.
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

say "packing the chart"
helm package charts/holystone --version "$version" --app-version "$version" --destination "$out" >/dev/null
cp install.yaml "$out/" 2>/dev/null || say "there is no install.yaml"

say "listing what is inside"
cargo cyclonedx --version >/dev/null 2>&1 || cargo install --quiet --locked cargo-cyclonedx
cargo cyclonedx --quiet --format json --target x86_64-unknown-linux-musl --override-filename holystone.cdx
mv holystone.cdx.json "$out/"

(cd "$out" && sha256sum -- * >SHA256SUMS)
say "done: target/release-files"
