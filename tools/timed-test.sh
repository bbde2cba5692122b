#!/usr/bin/env bash
# Runs a test program and has it say how long each test took: cargo calls this in place of the program (tools/tally.sh).
#
# Stable Rust's test programs can tell, but only where RUSTC_BOOTSTRAP is set. Set for cargo as a whole it would compile
# everything anew, so it is set for the test program alone. Programs of documentation tests lie elsewhere and take no such words.
set -euo pipefail
program="$1"
shift
case "$program" in
    */target/*/deps/*) RUSTC_BOOTSTRAP=1 exec "$program" "$@" -Z unstable-options --report-time ;;
    *) exec "$program" "$@" ;;
esac
