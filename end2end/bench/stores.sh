#!/usr/bin/env bash
# Needs: cc redis-server
# How fast redb and Redis make appends durable, and how soon an event is heard: ./bench stores [--seconds N] [--rounds N]
set -euo pipefail
# shellcheck source=tools/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/setup.sh"

bins=(--bin clinic-faults --bin clinical-server --bin alex-simulator)
step "Build" cargo build --profile measured --locked "${NATIVE[@]}" "${bins[@]}" || die "the build failed; the reason stands above."
exec "$ROOT/target/measured/clinic-faults" stores "$@"
