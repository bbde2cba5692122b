#!/usr/bin/env bash
# Needs: cc
# How fast committed pictures reach the record: pictures a second against a simulated ALEX that answers in 0, 200 and
# 3,000 ms, memory with 100 pictures of 1 MB under way, and the time to drain 500 after a 10-minute outage (on a clock
# that goes 60 times as fast). The server is a process of its own. Figures go to target/bench/commit.json.
set -euo pipefail
# shellcheck source=tools/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/setup.sh"

bench=(--profile measured --locked "${NATIVE[@]}" --features clinical-server/failpoints --test commit_bench)
step "Build" cargo test "${bench[@]}" --no-run || die "the build failed; the reason stands above."
exec cargo test --quiet "${bench[@]}" -- --nocapture
