#!/usr/bin/env bash
# Builds the codec module into target/site/pkg/codec: clinical_codec.js and clinical_codec_bg.wasm, which
# public/codec-worker.js loads when the first picture arrives. Prints its sizes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where rustup, cargo install and tools/build-tools.sh put things; a fresh shell may not look there.
tools="${CLINICAL_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/clinical-images}"
export PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:$tools/wasm-bindgen-cli-0.2.130/bin"

out="target/site/pkg/codec"
wasm="$out/clinical_codec_bg.wasm"
# Every browser since 2023 has these (Safari 16.4 was the last); vector instructions are a factor of two here.
features="+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint"
stamp="target/codec/done"

if [[ -s "$wasm" && -e "$stamp" && -z "$(find src frontend/codec Cargo.toml Cargo.lock tools/codec.sh rust-toolchain.toml \
    -newer "$stamp" -print -quit)" ]]; then
    echo "    the codec is up to date" >&2
    exit 0
fi
command -v wasm-bindgen >/dev/null || {
    echo "Stopped: wasm-bindgen is missing; cargo install wasm-bindgen-cli --version 0.2.130 brings it." >&2
    exit 1
}

# A target directory of its own: the flags would otherwise throw away the other WASM build. `clinical-images` is in both
# modules, small in the main one and fast here, so its level is set here.
mkdir -p target/codec "$out"
touch "$stamp.new"
RUSTFLAGS="-C target-feature=$features" CARGO_TARGET_DIR=target/codec \
    cargo build --locked -p clinical-codec --profile wasm-release --target wasm32-unknown-unknown \
    --config 'profile.wasm-release.package.clinical-images.opt-level=3'
wasm-bindgen --target web --no-typescript --out-dir "$out" \
    target/codec/wasm32-unknown-unknown/wasm-release/clinical_codec.wasm

# The binaryen of npm (tools/node.sh): Debian's version 108 mixes up the two tables that wasm-bindgen makes, and every
# refusal becomes a trap ("invalid address in funcref table").
export PATH="$PWD/end2end/node_modules/.bin:$PATH"
wasm-opt -O3 --enable-simd --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
    --enable-reference-types --enable-multivalue --enable-mutable-globals "$wasm" -o "$wasm.small"
mv "$wasm.small" "$wasm"

mv "$stamp.new" "$stamp"

printf '    codec: %d bytes' "$(wc -c <"$wasm")" >&2
if command -v brotli >/dev/null; then
    printf ', %d brotli' "$(brotli -q 11 -c "$wasm" | wc -c)" >&2
fi
echo >&2
