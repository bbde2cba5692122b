# shellcheck shell=bash
# Counts what the tests did, over all runners. Needs tools/lib.sh.

PASSED=0 FAILED=0 SKIPPED=0
FAILURES=()

# One line a test: seconds, runner, name. Every runner appends to it; the slowest are told at the end.
TEST_TIMES="$LOGS/test-times.tsv"
# One line an area: seconds, areas.
AREA_TIMES="$LOGS/area-times.tsv"

forget_times() { : >"$TEST_TIMES" && : >"$AREA_TIMES"; }

# Keeps how long areas took: `timed "unit server" COMMAND…`.
timed() {
    local areas="$1" began=$SECONDS status=0
    shift
    "$@" || status=$?
    printf '%d\t%s\n' $((SECONDS - began)) "$areas" >>"$AREA_TIMES"
    return "$status"
}

# tally NAME PASSED FAILED SKIPPED
tally() {
    PASSED=$((PASSED + $2)) FAILED=$((FAILED + $3)) SKIPPED=$((SKIPPED + $4))
    if (($3)); then FAILURES+=("$1"); fi
}

# A command that is one test: `check "fmt" cargo fmt --all --check`.
check() {
    local name="$1"
    if step "$@"; then tally "$name" 1 0 0; else tally "$name" 0 1 0; fi
}

# cargo test, counted by its result lines: `cargo_tests NAME ARGUMENTS… [-- ARGUMENTS…]`.
cargo_tests() {
    local name="$1" log status=0 passed failed ignored
    shift
    log="$LOGS/$(printf '%s' "$name" | tr -cs 'A-Za-z0-9' '-').log"
    step "$name" cargo_test_logged "$log" "$@" || status=1
    read -r passed failed ignored < <(
        awk '/^test result: / { passed += $4; failed += $6; ignored += $8 } END { print passed + 0, failed + 0, ignored + 0 }' "$log"
    )
    # What did not compile, or broke off in the middle, left no line of its own.
    if ((status && failed == 0)); then failed=1; fi
    tally "$name" "$passed" "$failed" "$ignored"
    keep_times "$log"
    contract_report "$log"
}

# How long each test took, out of cargo's log: the program's name is in the line above its tests.
keep_times() {
    awk -v OFS='\t' '
        /^ *Running / { program = $NF; sub(/.*\//, "", program); sub(/-[0-9a-f]+\)$/, "", program) }
        /^test .* <[0-9.]+s>$/ {
            seconds = $NF; gsub(/[<>s]/, "", seconds)
            print seconds, program, $2
        }
    ' "$1" >>"$TEST_TIMES"
}

# How many cases of the session stores' contract each store passed, by the names of the tests, which
# begin with the store's.
contract_report() {
    awk '
        /^ *Running / { here = /tests\/session_store\.rs/ }
        here && $1 == "test" && match($2, /^(memory|redb|redis|redis_cluster|redis_with_faults)::/) {
            store = substr($2, 1, RLENGTH - 2)
            cases[substr($2, RLENGTH + 1)]
            # A failing test may have said something before its result.
            passed[store] += / \.\.\. ok( <[0-9.]+s>)?$/
        }
        END {
            if (!length(cases)) exit
            printf "    session stores, %d cases: memory %d (it is not asked to outlive a restart), redb %d, ", \
                length(cases), passed["memory"], passed["redb"]
            printf "Redis %d, Redis Cluster %d, Redis with faults %d\n", \
                passed["redis"], passed["redis_cluster"], passed["redis_with_faults"]
        }
    ' "$1" >&2
}

# All of it goes to the log; of passing tests only the totals are shown.
cargo_test_logged() {
    local log="$1"
    shift
    env CARGO_TERM_COLOR=never "$(runner_variable)=$ROOT/tools/timed-test.sh" cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$log" \
        | grep --line-buffered -v -E '^(test .* \.\.\. ok( <[0-9.]+s>)?|running [0-9]+ tests?|)$' >&2
    return "${PIPESTATUS[0]}"
}

# The name of the variable by which cargo is told how to run test programs on this machine.
runner_variable() {
    rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_' | sed 's/.*/CARGO_TARGET_&_RUNNER/'
}

# Playwright, counted by its JSON report.
playwright_tests() {
    local report="$ROOT/target/e2e-report.json" status=0 counts
    rm -f "$report"
    step "e2e" env -C "$ROOT/end2end" PLAYWRIGHT_JSON_OUTPUT_FILE="$report" \
        playwright test --reporter=list,json --output "$ROOT/target/e2e-results" "$@" || status=1
    counts="$(node "$ROOT/tools/e2e-report.mjs" "$report" "$TEST_TIMES" 2>/dev/null)" || counts="0 0 0"
    local passed failed skipped
    read -r passed failed skipped <<<"$counts"
    if ((status && failed == 0)) || ((passed + failed == 0)); then failed=$((failed + 1)); fi
    tally "e2e" "$passed" "$failed" "$skipped"
}

# Every kind of picture file by every way to pixels in the browser, counted by the last line: `N files (…), N ways, N wrong`.
codec_table() {
    local log="$LOGS/codec-table.log" status=0 files ways wrong
    step "codec table" env TEST_TIMES="$TEST_TIMES" node "$ROOT/end2end/bench/codec-table.mjs" >"$log" || status=1
    sed 's/^/    /' "$log" >&2
    read -r files ways wrong < <(sed -nE 's/^([0-9]+) files .* ([0-9]+) ways, ([0-9]+) wrong$/\1 \2 \3/p' "$log") || true
    if [[ -z "$wrong" ]]; then
        tally "codec table" 0 1 0
    else
        if ((status && wrong == 0)); then wrong=1; fi
        tally "codec table" $((files * ways - wrong)) "$wrong" 0
    fi
}

# The ten slowest tests, and how long the areas took.
slowest() {
    [[ -s "$TEST_TIMES" ]] && say "The slowest tests:"
    sort -rn "$TEST_TIMES" | awk -F '\t' 'NR <= 10 { printf "%8.1f s  %s: %s\n", $1, $2, $3 }' >&2
    [[ -s "$AREA_TIMES" ]] && say "The areas:"
    awk -F '\t' '{ printf "%6d s    %s\n", $1, $2 }' "$AREA_TIMES" >&2
}

# The last line, and the exit code that goes with it.
report() {
    local name
    say ""
    for name in "${FAILURES[@]}"; do say "Failed: $name"; done
    slowest
    say "Took $SECONDS s."
    printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
    ((FAILED == 0 && PASSED > 0))
}
