#!/usr/bin/env bash
# Builds the image, without a daemon: a static program for each architecture, on nothing.
#
#   tools/image.sh [amd64] [arm64]     both by default
#
# Leaves the programs in target/image/ARCHITECTURE, and the image as an OCI layout in target/image/oci. The same commit
# gives the same image. Needs rustup, Python with pip (for zig, the C compiler of both), and buildah.
set -euo pipefail
cd "$(dirname "$0")/.."

architectures=("$@")
[ $# -gt 0 ] || architectures=(amd64 arm64)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
revision=$(git rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
out=$PWD/target/image

say() { printf 'image: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

compiler() {
  command -v cargo-zigbuild >/dev/null && return
  export PYTHONPATH=$out/zig PATH=$out/zig/bin:$PATH
  command -v cargo-zigbuild >/dev/null && return
  say "fetching zig, which compiles C for each architecture"
  python3 -m pip install --quiet --target "$out/zig" cargo-zigbuild==0.24.0 ziglang==0.17.1 ||
    fail "cargo-zigbuild cannot be had; install it: python3 -m pip install cargo-zigbuild ziglang"
}

program() {
  local triple
  case $1 in
    amd64) triple=x86_64-unknown-linux-musl ;;
    arm64) triple=aarch64-unknown-linux-musl ;;
    *) fail "there is no architecture \`$1\`; choose amd64 or arm64" ;;
  esac
  say "building the program for $1; this takes minutes"
  rustup --quiet target add "$triple" || fail "rustup cannot add the target $triple"
  # Neither where it was built nor by whom is told.
  RUSTFLAGS="--remap-path-prefix=$PWD=/holystone --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo" \
    cargo zigbuild --quiet --release --locked --target "$triple" --target-dir "$out/build" --bin holystone
  install -D -m 0755 "$out/build/$triple/release/holystone" "$out/$1/holystone"
}

storage() {
  buildah --storage-driver vfs --root "$out/storage" --runroot "$out/run" "$@"
}

command -v buildah >/dev/null || fail "buildah is missing; on Debian: apt-get install buildah"
compiler
platforms=
for architecture in "${architectures[@]}"; do
  program "$architecture"
  platforms+=${platforms:+,}linux/$architecture
done

say "assembling $platforms"
rm -rf "$out/oci" "$out/storage" "$out/run"
storage build --quiet --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" --platform "$platforms" \
  --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --manifest holystone --file Containerfile . >/dev/null
storage manifest push --quiet --all holystone "oci:$out/oci:$version"
rm -rf "$out/storage" "$out/run"
say "done: target/image/oci"
