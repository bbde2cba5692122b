# shellcheck shell=bash
# shellcheck disable=SC2034 # its variables are read by the scripts that source it
# What every script shares: where things are, how progress is shown, and how to stop with one
# sentence that names the remedy. Sourced, never run.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Tools built for this project when the machine has none that fits. Outside the repository, so
# that `git clean` or another clone does not cost ten minutes.
TOOLS_HOME="${CLINICAL_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/clinical-images}"
LOGS="$ROOT/target/log"
mkdir -p "$LOGS"
cd "$ROOT" || exit 1

# rustup and cargo install here, and a fresh shell may not have it on its PATH yet.
if [[ -d "${CARGO_HOME:-$HOME/.cargo}/bin" && ":$PATH:" != *":${CARGO_HOME:-$HOME/.cargo}/bin:"* ]]; then
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi

say() { printf '%s\n' "$*" >&2; }

# Ends the script: one sentence, saying what is missing and what to do about it.
die() {
    say ""
    say "Stopped: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# What is still to be ended or tidied, whichever way the script stops: `at_exit COMMAND`.
AT_EXIT=()
at_exit() { AT_EXIT+=("$1"); }
run_at_exit() {
    local command
    for command in "${AT_EXIT[@]}"; do "$command" || true; done
}
trap run_at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# version_at_least 20.19.0 20: is the first at least the second?
version_at_least() {
    [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | sed -n 1p)" == "$2" ]]
}

# Runs a command under a heading and says how long it took: `step "Server" cargo build`.
step() {
    local title="$1" began=$SECONDS status=0
    shift
    say "==> $title"
    "$@" || status=$?
    if ((status == 0)); then
        say "    $title: $((SECONDS - began)) s"
    else
        say "    $title: failed after $((SECONDS - began)) s"
    fi
    return "$status"
}

# Like `step` for commands whose words matter only when they fail: they go to a file in
# target/log, and its end is shown on failure.
quiet_step() {
    local title="$1" log began=$SECONDS status=0
    shift
    log="$LOGS/$(printf '%s' "$title" | tr -cs 'A-Za-z0-9' '-').log"
    say "==> $title"
    "$@" >"$log" 2>&1 || status=$?
    if ((status == 0)); then
        say "    $title: $((SECONDS - began)) s"
    else
        tail -n 25 "$log" >&2
        say "    $title: failed after $((SECONDS - began)) s; all of it is in ${log#"$ROOT"/}"
    fi
    return "$status"
}

# The version of a package in Cargo.lock (the first, where there are several).
locked_version() {
    awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/version = |"/, ""); print; exit }' \
        "$ROOT/Cargo.lock"
}
