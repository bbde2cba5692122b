#!/usr/bin/env bash
# Fuzzes the codec with libFuzzer on the pinned compiler: tools/fuzz.sh [--keep] [TARGET [SECONDS]], a minute of each target
# when none is named. It begins with the committed corpus (fuzz/corpus), the committed fixtures and every kind of file that
# the examples can draw, and leaves what it learns in target/fuzz/corpus. With --keep the committed corpus is made anew of
# that: few and small files, which the tests run too. An input that breaks something is left in target/fuzz/found, and the
# script fails; give the file to the target's program (target/fuzz/…/release) to see it again.
set -euo pipefail
# shellcheck source=tools/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

TARGETS=(sniff heic to_jpeg)
# Longest input while it learns, and longest file of the committed corpus, in bytes.
LEARNT_LENGTH=60000
KEPT_LENGTH=1000

keep=0
if [[ "${1:-}" == --keep ]]; then
    keep=1
    shift
fi
wanted=("${TARGETS[@]}")
if (($#)); then
    [[ " ${TARGETS[*]} " == *" $1 "* ]] || die "tools/fuzz.sh does not know '$1'; targets are: ${TARGETS[*]}."
    wanted=("$1")
fi
seconds="${2:-60}"

need_programs cc c++
pinned_rust
host="$(rustc -vV | sed -n 's/^host: //p')"
found="$ROOT/target/fuzz/found"
seeds="$ROOT/target/fuzz/seeds"
work="$(mktemp -d)"
clear_work() { rm -rf "$work"; }
at_exit clear_work
mkdir -p "$found" "$seeds"

# What `cargo fuzz` would set; it asks for a nightly compiler only for the address sanitizer, and nothing of ours is unsafe.
flags=(--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks)
for option in level=4 inline-8bit-counters pc-table trace-compares; do
    flags+=("-Cllvm-args=-sanitizer-coverage-$option")
done
build() {
    RUSTFLAGS="${flags[*]}" cargo build --locked --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir target/fuzz
}
draw() {
    cargo build --locked -q "${NATIVE[@]}" --example draw_fixtures && target/debug/examples/draw_fixtures "$seeds" table >/dev/null
}
# Kept is what reaches a branch that neither the seeds nor an earlier target's files reach, in as few files as will do. How
# often a branch is taken does not count: that would keep thousands.
renew() {
    local target="$1" kept="$ROOT/fuzz/corpus/$1" earlier folder
    local reached="$work/$1/reached" candidates="$work/$1/candidates"
    mkdir -p "$reached" "$candidates"
    cp "$seeds"/* "$reached"
    for earlier in "${TARGETS[@]}"; do
        [[ "$earlier" != "$target" ]] || break
        cp "fuzz/corpus/$earlier"/* "$reached"
    done
    # Named by their content, so that one may replace another.
    for folder in "$kept" "target/fuzz/corpus/$target"; do
        find "$folder" -type f -size "-$((KEPT_LENGTH + 1))c" -exec cp -t "$candidates" {} +
    done
    ls "$reached" >"$work/$target/known"
    "target/fuzz/$host/release/$target" -set_cover_merge=1 -use_counters=0 -max_len="$LEARNT_LENGTH" -verbosity=0 \
        "$reached" "$candidates" || return 1
    rm -rf "$kept"
    mkdir "$kept"
    find "$reached" -type f -printf '%f\n' | grep -v -x -F -f "$work/$target/known" \
        | while read -r name; do cp "$reached/$name" "$kept"; done
    say "    fuzz/corpus/$target: $(find "$kept" -type f | wc -l) files, $(cat "$kept"/* | wc -c) bytes"
}
step "Build of the fuzz targets" build || die "the fuzz targets do not compile; the reason stands above."
step "Seeds" draw || die "the seeds could not be drawn; the reason stands above."
status=0
for target in "${wanted[@]}"; do
    learnt="$ROOT/target/fuzz/corpus/$target"
    mkdir -p "$learnt" "fuzz/corpus/$target"
    step "Fuzz $target, $seconds s" "target/fuzz/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=600 \
        -max_len="$LEARNT_LENGTH" -verbosity=0 -print_final_stats=1 -artifact_prefix="$found/$target-" \
        "$learnt" "fuzz/corpus/$target" "$seeds" tests/fixtures || status=1
    if ((keep)); then
        step "Corpus of $target" renew "$target" || status=1
    fi
done
exit "$status"
