#!/usr/bin/env bash
# Builds the phone page's own module into target/site/pkg: phone.js and phone.wasm, the application without the
# desktop's pages. One module for both is 1.6 times what a phone may have to fetch. Prints its sizes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Where rustup, cargo install and tools/build-tools.sh put things; a fresh shell may not look there.
tools="${CLINICAL_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/clinical-images}"
export PATH="$PWD/end2end/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin:$tools/wasm-bindgen-cli-0.2.130/bin"

out="target/site/pkg"
stamp="target/front/phone.done"
if [[ -s "$out/phone.wasm" && -e "$stamp" && -z "$(find app src frontend/phone Cargo.toml Cargo.lock .cargo tools/phone.sh \
    rust-toolchain.toml -newer "$stamp" -print -quit)" ]]; then
    echo "    the phone's module is up to date" >&2
    exit 0
fi
command -v wasm-bindgen >/dev/null || {
    echo "Stopped: wasm-bindgen is missing; cargo install wasm-bindgen-cli --version 0.2.130 brings it." >&2
    exit 1
}

# cargo-leptos' own target directory: the dependencies are the same and compiled already.
mkdir -p target/front "$out"
touch "$stamp.new"
CARGO_TARGET_DIR=target/front \
    cargo build --locked -p clinical-phone --profile wasm-release --target wasm32-unknown-unknown
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
wasm-bindgen --target web --no-typescript --out-dir "$made" --out-name phone \
    target/front/wasm32-unknown-unknown/wasm-release/clinical_phone.wasm
# What counts is the size after compression. Measured on 21 November 2026: 278.0 kB with -Oz, 276.1 with -Os, 273.3 when
# functions are not copied into their only caller either, 270.8 with functions that are alike (by their names, which go
# with --strip-debug) lying side by side. Short names between module and script save 5 kB more in both together.
wasm-opt -Os --one-caller-inline-max-function-size=0 --reorder-functions-by-name --strip-debug --strip-producers \
    --minify-imports-and-exports-and-modules \
    --enable-bulk-memory --enable-multivalue --enable-mutable-globals --enable-nontrapping-float-to-int \
    --enable-reference-types --enable-sign-ext "$made/phone_bg.wasm" -o "$out/phone.wasm" >"$made/names.json"
# Leptos names the module's file itself, and looks for it without wasm-bindgen's suffix.
node tools/short-names.mjs "$made/names.json" "$made/phone.js" >"$made/short.js"
terser --module --compress --mangle -- "$made/short.js" >"$out/phone.js"
mv "$stamp.new" "$stamp"

printf "    phone's module: %d bytes\n" "$(wc -c <"$out/phone.wasm")" >&2
