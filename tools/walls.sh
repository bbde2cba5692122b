# shellcheck shell=bash
# The walls between the floors, read off cargo's dependency graph, and between modules, read off the source
# (ARCHITECTURE.md). Needs tools/lib.sh and tools/tally.sh.

# Too heavy for a phone, or of no use there.
BROWSER_WALL='tokio|axum|hyper|fred|aws-.*|reqwest|rustls|clap|qrcode|chrono|redb|s3s|jiff'
# The application names no outside service.
APP_WALL='fred|aws-.*|reqwest|redb|s3s'
# The server as it is shipped, with the features that are on by default, links nothing of the demo.
PRODUCTION_WALL='alex-simulator|s3-simulator|s3s(-.*)?|fault-proxy'
# The clinic's rules know no runtime, no network and no page.
DOMAIN_WALL='tokio|axum|hyper|leptos|web-sys|wasm-bindgen|js-sys|gloo-.*|reqwest|jiff|chrono'

walls() {
    check "wall: the browser's graph" wall "$BROWSER_WALL" -p clinical-frontend --target wasm32-unknown-unknown
    check "wall: the phone's graph" wall "$BROWSER_WALL" -p clinical-phone --target wasm32-unknown-unknown
    check "wall: the codec's graph" wall "$BROWSER_WALL|leptos" -p clinical-codec --target wasm32-unknown-unknown
    check "wall: the general codec's graph" wall "$BROWSER_WALL|leptos" -p clinical-codec-general --target wasm32-unknown-unknown
    check "wall: the application on the server" wall "$APP_WALL" -p clinical-app --features ssr
    check "wall: the server in production" wall "$PRODUCTION_WALL" -p clinical-server
    check "wall: the domain" wall "$DOMAIN_WALL" -p clinical-images --all-features
    check "wall: no circles of modules" cargo xtask circles src app/src server/src \
        end2end/faults/src end2end/simulators/alex/src end2end/simulators/fault-proxy/src
}

# wall NAMES ARGUMENTS…: no package whose name matches may be in the graph.
wall() {
    local names="$1" found
    shift
    local graph
    graph="$(cargo tree --locked -e normal --prefix none --format '{p}' "$@")" || return 1
    found="$(awk '{ print $1 }' <<<"$graph" | sort -u | grep -E -x "$names" || true)"
    [[ -z "$found" ]] && return 0
    local package
    for package in $found; do
        say "    $package must not be here; it comes by:"
        cargo tree --locked -e normal "$@" -i "$package" 2>/dev/null | sed -n 1,8p >&2 || true
    done
    return 1
}
