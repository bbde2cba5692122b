# shellcheck shell=bash
# The Rust that rust-toolchain.toml pins. Needs tools/lib.sh.

RUST_PINNED="$(sed -n 's/^channel *= *"\(.*\)"/\1/p' "$ROOT/rust-toolchain.toml")"

rust_version() { rustc --version 2>/dev/null | cut -d ' ' -f 2; }

# Makes `cargo` and `rustc` mean the pinned version, in this script and what it starts.
pinned_rust() {
    have cargo || [[ -n "$(type -P rustup)" ]] \
        || die "Rust is missing; install rustup (rustup.rs) or Debian's cargo $RUST_PINNED and start again."
    if ! have rustup; then
        pinned_rust_without_rustup
        return
    fi
    # rustup may be told not to install what a toolchain file asks for, so it is asked outright.
    if ! grep -q "^$RUST_PINNED-" < <(rustup toolchain list); then
        if ! quiet_step "Rust $RUST_PINNED" \
            rustup toolchain install "$RUST_PINNED" --profile minimal -c rustfmt -c clippy; then
            same_rust_by_another_name \
                || die "Rust $RUST_PINNED could not be fetched; run: rustup toolchain install $RUST_PINNED --profile minimal -c rustfmt -c clippy"
        fi
    fi
    [[ "$(rust_version)" == "$RUST_PINNED" ]] || export RUSTUP_TOOLCHAIN="$RUST_PINNED"
    [[ "$(rust_version)" == "$RUST_PINNED" ]] \
        || die "rustc says it is $(rust_version), not $RUST_PINNED; unset RUSTUP_TOOLCHAIN or run: rustup toolchain install $RUST_PINNED"
}

# The wanted version may be there as `stable`, say.
same_rust_by_another_name() {
    local name
    while read -r name _; do
        if [[ "$(RUSTUP_TOOLCHAIN="$name" rust_version)" == "$RUST_PINNED" ]]; then
            say "    Rust $RUST_PINNED is here under the name $name"
            export RUSTUP_TOOLCHAIN="$name"
            return 0
        fi
    done < <(rustup toolchain list)
    return 1
}

pinned_rust_without_rustup() {
    local found
    found="$(rust_version)"
    version_at_least "$found" "$RUST_PINNED" \
        || die "Rust $found is too old; install rustup (rustup.rs) or a Debian cargo of at least $RUST_PINNED and start again."
    [[ "$found" == "$RUST_PINNED" ]] \
        || say "    Rust $found is used in place of the pinned $RUST_PINNED; lints may differ"
}

# Formatting and lints come as parts of their own.
rust_checks() {
    checks_present && return 0
    if have rustup; then rustup component add rustfmt clippy >/dev/null 2>&1 || true; fi
    checks_present \
        || die "rustfmt or clippy is missing; run: rustup component add rustfmt clippy (or apt-get install rustfmt rust-clippy)"
}

checks_present() { cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1; }
