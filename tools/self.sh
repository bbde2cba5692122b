# shellcheck shell=bash
# Tests of the scripts themselves. Needs tools/lib.sh and tools/tally.sh.

self_tests() {
    check "scripts: syntax" bash -n run test bench .ci/run tools/*.sh end2end/bench/*.sh
    if have shellcheck; then
        check "scripts: shellcheck" shellcheck -x --severity=warning run test bench .ci/run tools/*.sh end2end/bench/*.sh
    else
        say "    scripts: shellcheck skipped, it is not installed"
        tally "scripts: shellcheck" 0 0 1
    fi
    check "scripts: xtask's own tests" cargo test --locked -q -p xtask --target-dir target/xtask
    check "scripts: test times are kept" times_are_kept
    check "scripts: a long list of test times is told" a_long_list_of_times_is_told
    check "scripts: no reader leaves a pipe early" no_reader_leaves_a_pipe_early
    check "scripts: versions compare" versions_compare
    check "scripts: bad words get a sentence" bad_words_get_a_sentence
    check "scripts: no addresses in the lock file of end2end" no_addresses
    check "scripts: the fuzz targets' lock file fits" fuzz_lock_fits
    if [[ "${CLINICAL_LONG:-}" == 1 ]]; then
        check "scripts: the WebAssembly library from source" wasm_from_source_works
    fi
}

versions_compare() {
    version_at_least 20.19.0 20 && version_at_least 1.95.0 1.95.0 && version_at_least 1.100.0 1.95.0 \
        && ! version_at_least 18.20.4 20 && ! version_at_least 1.9.0 1.95.0
}

bad_words_get_a_sentence() {
    [[ "$(./run --nonsense 2>&1)" == *"./run --help"* ]] \
        && [[ "$(./run --port many 2>&1)" == *"needs a number"* ]] \
        && [[ "$(./test nonsense 2>&1)" == *"areas are:"* ]] \
        && [[ "$(./bench 'no such' 2>&1)" == *"not one measurement"* ]] \
        && bash run --help >/dev/null && bash test --help >/dev/null
}

times_are_kept() (
    TEST_TIMES="$(mktemp)"
    printf '%s\n' '     Running tests/http/main.rs (target/debug/deps/http-0a1b2c3d4e5f6071)' \
        'test replies::a_slow_one ... ok <12.345s>' 'test replies::without_a_time ... ok' >"$TEST_TIMES.log"
    keep_times "$TEST_TIMES.log"
    [[ "$(cat "$TEST_TIMES")" == $'12.345\thttp\treplies::a_slow_one' ]]
)

# More than a pipe holds (64 kB), so that a reader who stopped at the tenth line would end the script by SIGPIPE.
a_long_list_of_times_is_told() (
    TEST_TIMES="$(mktemp)" AREA_TIMES="$(mktemp)"
    local i
    for ((i = 1; i <= 4000; i++)); do printf '%d.0\thttp\tsome_module::a_test_with_a_name_of_usual_length_%d\n' "$i" "$i"; done >"$TEST_TIMES"
    export TEST_TIMES AREA_TIMES
    # A shell of its own: where a function is asked whether it succeeded, bash does not stop it at a failed pipe.
    [[ "$(bash -euo pipefail -c "$(declare -f say slowest); slowest; say done" 2>&1 | grep -c 'a_test_with\|^done')" == 11 ]]
)

# With `pipefail` a reader that stops early fails the whole pipe, now and then: its writer may still be at work.
no_reader_leaves_a_pipe_early() {
    local found
    found="$(grep -nE '\|[[:space:]]*(head|grep -[a-zA-Z]*[qm]|sed [^|]*[0-9/]q)\b' \
        run test bench .ci/run tools/*.sh end2end/bench/*.sh | grep -v 'tools/self.sh' || true)"
    [[ -z "$found" ]] && return 0
    say "    use sed -n 1,10p, awk 'NR <= 10', or grep < <(…), which read to the end:"
    say "$found"
    return 1
}

no_addresses() { ! grep -q '"resolved"' end2end/package-lock.json; }

# The fuzz targets are no part of the workspace, so that no other command would miss what the codec has come to need. Packages
# that this machine has not fetched do not matter.
fuzz_lock_fits() {
    local said
    said="$(cargo metadata --locked --offline --format-version 1 --manifest-path fuzz/Cargo.toml 2>&1 >/dev/null || true)"
    [[ "$said" == *"lock file"* ]] || return 0
    say "    it does not; run: cargo update --workspace --manifest-path fuzz/Cargo.toml"
    return 1
}

# A program of one line, linked with optimisation against the library built here.
wasm_from_source_works() {
    (
        work="$(mktemp -d)"
        export WASM_TARGET_FROM_SOURCE=1
        pinned_rust && wasm_target || exit 1
        printf '#[unsafe(no_mangle)] pub extern "C" fn f(n: u32) -> usize { vec![1u8; n as usize].len() }' >"$work/f.rs"
        rustc --edition 2024 --crate-type cdylib --target "$WASM" -C opt-level=z -C lto -C panic=abort \
            -o "$work/f.wasm" "$work/f.rs" && [[ -s "$work/f.wasm" ]]
    )
}
