# shellcheck shell=bash
# Fault runs: the product as real processes, broken on purpose. Needs tools/lib.sh, tools/tally.sh and tools/native.sh.

FAULTS="$ROOT/target/debug/clinic-faults"

# A short run of every fault; with --long a minute of each.
fault_runs() {
    local run=(run)
    ((LONG)) && run+=(--long)
    if ! step "Build for the fault runs" cargo build --locked "${NATIVE[@]}" --bins; then
        tally "fault runs: build" 0 1 0
        return 0
    fi
    counted_runs "fault runs, two servers on Redis" 9 "${run[@]}"
    # The checker must be able to find something.
    check "fault runs: a Redis that keeps no log loses, and that is found" \
        "$FAULTS" run --sessions forgetful-redis --dir target/faults-forgetful
    if ((LONG)); then
        counted_runs "fault runs, one server on redb" 7 "${run[@]}" --sessions file --dir target/faults-file
    fi
}

# counted_runs NAME RUNS ARGUMENTS…: one line a run is expected; each that ends without a loss has passed.
counted_runs() {
    local name="$1" runs="$2" log passed
    shift 2
    log="$LOGS/$(printf '%s' "$name" | tr -cs 'A-Za-z0-9' '-').log"
    step "$name" fault_runs_logged "$log" "$@" || true
    passed="$(grep -c -E 'lost 0, doubled 0, gaps 0( \(pages started over: [0-9]+\))?$' "$log" || true)"
    tally "$name" "$passed" "$((runs - passed))" 0
}

fault_runs_logged() {
    local log="$1"
    shift
    "$FAULTS" "$@" 2>&1 | tee "$log" | sed 's/^/    /' >&2
    return "${PIPESTATUS[0]}"
}
