# shellcheck shell=bash
# Builds the server and the site. Needs tools/lib.sh, tools/native.sh and the build tools.
#
# The site is always the production one (`cargo leptos build --release`: small WASM, wasm-opt,
# minified script and style), because its size and speed are part of what is shown and tested. The
# server is built apart from it, by plain cargo in the development profile (dependencies at level
# 1), so that the demo and `cargo test` share one compilation of a few hundred crates.

SITE="$ROOT/target/site"
SITE_STAMP="$ROOT/target/site.stamp"
# shellcheck disable=SC2034 # read by ./run and the tests
SERVER="$ROOT/target/debug/clinical-server"

# What the server must be told about the site.
export LEPTOS_OUTPUT_NAME=clinical LEPTOS_SITE_ROOT="$SITE" LEPTOS_SITE_PKG_DIR=pkg

build_server() {
    cargo build --locked "${NATIVE[@]}" --bin clinical-server
}

# cargo-leptos empties target/site before it begins, so the codec's module comes after it.
build_site() {
    if site_is_current; then
        say "    the site is up to date"
    else
        touch "$SITE_STAMP.new"
        rm -f "$SITE_STAMP"
        # These settings stand in Cargo.toml; there the path must be a relative one.
        env -u LEPTOS_OUTPUT_NAME -u LEPTOS_SITE_ROOT -u LEPTOS_SITE_PKG_DIR \
            cargo leptos build --release --frontend-only || return 1
        mv "$SITE_STAMP.new" "$SITE_STAMP"
    fi
    bash "$ROOT/tools/phone.sh" || return 1
    bash "$ROOT/tools/codec.sh" || return 1
    node "$ROOT/tools/compress.mjs" "$SITE"
}

# Nothing that goes into the site is newer than it. cargo-leptos would run wasm-opt again even so,
# and empty the directory under a running server.
site_is_current() {
    [[ -e "$SITE_STAMP" && -s "$SITE/pkg/clinical.wasm" && -s "$SITE/pkg/clinical.css" ]] || return 1
    [[ -z "$(find app frontend/src frontend/Cargo.toml src style public tools Cargo.toml Cargo.lock \
        rust-toolchain.toml -newer "$SITE_STAMP" -print -quit)" ]]
}

# Both at once: the site ends in a long link on one core, while the server keeps the other busy.
build_all() {
    local status=0
    # A process group of its own, so that Ctrl-C or a failure here can end all of it.
    set -m
    build_site >"$LOGS/site.log" 2>&1 &
    SITE_JOB=$!
    set +m
    at_exit stop_site_job
    build_server || status=1
    say "    the site follows; its progress is in target/log/site.log"
    if ! wait "$SITE_JOB"; then
        tail -n 40 "$LOGS/site.log" >&2
        say "    the site could not be built; all of it is in target/log/site.log"
        status=1
    fi
    SITE_JOB=
    return "$status"
}

stop_site_job() {
    [[ -z "${SITE_JOB:-}" ]] || kill -- "-$SITE_JOB" 2>/dev/null || true
}
