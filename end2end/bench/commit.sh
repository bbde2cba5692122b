#!/usr/bin/env bash
# How fast committed pictures reach the record: pictures a second against a simulated ALEX that answers in 0, 200 and
# 3,000 ms, memory with 100 pictures of 1 MB under way, and the time to drain 500 after a 10-minute outage (on a clock
# that goes 60 times as fast). The server is the development build, as a process of its own.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$root"
# shellcheck source=../../tools/native.sh
source "$root/tools/native.sh"
cargo test --locked "${NATIVE[@]}" --features clinical-server/failpoints --test commit_bench -- --nocapture --test-threads=1
