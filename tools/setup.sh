# shellcheck shell=bash
# Sources the scripts and does the set-up in the right order: for the demo, or for the tests.

for part in lib system toolchain wasm-target node build-tools native site; do
    # shellcheck source=/dev/null
    source "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done

# Rust, the browser's target and what builds the site: all that the demo needs.
set_up_demo() {
    need_programs cc
    pinned_rust
    wasm_target
    node_packages "${1:-build}"
}

# In addition: the browser and the services that tests drive.
set_up_tests() {
    need_programs cc chromium redis-server brotli openssl
    set_up_demo all
    rust_checks
    deny_tool
    words_tool
    CHROMIUM="$(find_chromium)"
    export CHROMIUM
}
