# shellcheck shell=bash
# Builds the server and the site. Needs tools/lib.sh, tools/native.sh and the node packages.
#
# The site is always the production one (`cargo xtask site`). The server is built by plain cargo in the development profile, so
# that the demo and `cargo test` share one compilation of a few hundred crates.

SITE="$ROOT/target/site"
# shellcheck disable=SC2034 # read by ./run and the tests
SERVER="$ROOT/target/debug/clinical-server"

# What the server must be told about the site.
export LEPTOS_OUTPUT_NAME=clinical LEPTOS_SITE_ROOT="$SITE" LEPTOS_SITE_PKG_DIR=pkg

build_server() {
    cargo build --locked "${NATIVE[@]}" --bin clinical-server
}

build_site() {
    cargo xtask site
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
