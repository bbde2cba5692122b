#!/usr/bin/env bash
# Builds the codec's two modules into target/site/pkg/codec, for public/codec-worker.js: clinical_codec (what every phone
# fetches with its first picture) and clinical_codec_general (a decoder for everything, fetched where the browser has none).
# Prints their sizes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where rustup, cargo install and tools/build-tools.sh put things; a fresh shell may not look there.
tools="${CLINICAL_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/clinical-images}"
# The binaryen of npm (tools/node.sh): Debian's version 108 mixes up the two tables that wasm-bindgen makes, and every
# refusal becomes a trap ("invalid address in funcref table").
export PATH="$PWD/end2end/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:$tools/wasm-bindgen-cli-0.2.130/bin"

out="target/site/pkg/codec"
stamp="target/codec/done"

if [[ -s "$out/clinical_codec_bg.wasm" && -s "$out/clinical_codec_general_bg.wasm" && -e "$stamp" && -z "$(find src vendor \
    frontend/codec frontend/codec-general Cargo.toml Cargo.lock tools/codec.sh rust-toolchain.toml -newer "$stamp" -print -quit)" ]]; then
    echo "    the codec is up to date" >&2
    exit 0
fi
command -v wasm-bindgen >/dev/null || {
    echo "Stopped: wasm-bindgen is missing; cargo install wasm-bindgen-cli --version 0.2.130 brings it." >&2
    exit 1
}

# Target directories of their own: the flags would otherwise throw away the other WASM builds. `clinical-images` is in the
# pages' modules too, small there and fast here, so its level is set here; so is that of the digest.
#   module PACKAGE TARGET-DIRECTORY RUSTC-FLAGS WASM-OPT-FLAGS…
module() {
    local package="$1" target="$2" flags="$3" name="${1//-/_}"
    shift 3
    RUSTFLAGS="$flags" CARGO_TARGET_DIR="$target" \
        cargo build --locked -p "$package" --profile wasm-release --target wasm32-unknown-unknown \
        --config 'profile.wasm-release.package.clinical-images.opt-level=3' \
        --config 'profile.wasm-release.package.sha2.opt-level=3'
    wasm-bindgen --target web --no-typescript --out-dir "$out" "$target/wasm32-unknown-unknown/wasm-release/$name.wasm"
    wasm-opt "$@" --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int --enable-reference-types \
        --enable-multivalue --enable-mutable-globals "$out/${name}_bg.wasm" -o "$out/${name}_bg.wasm.small"
    mv "$out/${name}_bg.wasm.small" "$out/${name}_bg.wasm"
    printf '    %s: %d bytes' "$package" "$(wc -c <"$out/${name}_bg.wasm")" >&2
    if command -v brotli >/dev/null; then
        printf ', %d brotli' "$(brotli -q 11 -c "$out/${name}_bg.wasm" | wc -c)" >&2
    fi
    echo >&2
}

mkdir -p target/codec "$out"
touch "$stamp.new"
# Every browser since 2023 has vector instructions (Safari 16.4 was the last); they are a factor of two here. The others
# take the general module for everything.
module clinical-codec target/codec "-C target-feature=+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint" -O3 --enable-simd
module clinical-codec-general target/codec-general "" -O3
mv "$stamp.new" "$stamp"
