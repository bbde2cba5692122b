#!/usr/bin/env bash
# Fuzzes the codec with libFuzzer on the pinned compiler: tools/fuzz.sh [TARGET [SECONDS]], a minute of each target when none is
# named. It begins with the committed fixtures and with every kind of file that the examples can draw, and keeps what it
# learns in target/fuzz/corpus. An input that breaks something is left in target/fuzz/found, and the script fails; give the
# file to the target's program (target/fuzz/…/release) to see it again.
set -euo pipefail
# shellcheck source=tools/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

TARGETS=(sniff heic to_jpeg)
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
step "Build of the fuzz targets" build || die "the fuzz targets do not compile; the reason stands above."
step "Seeds" draw || die "the seeds could not be drawn; the reason stands above."
status=0
for target in "${wanted[@]}"; do
    corpus="$ROOT/target/fuzz/corpus/$target"
    mkdir -p "$corpus"
    step "Fuzz $target, $seconds s" "target/fuzz/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=600 \
        -max_len=60000 -verbosity=0 -print_final_stats=1 -artifact_prefix="$found/$target-" \
        "$corpus" "$seeds" tests/fixtures || status=1
done
exit "$status"
