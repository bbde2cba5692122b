# shellcheck shell=bash
# cargo-deny and typos: what is on PATH is used, otherwise they come into TOOLS_HOME. Needs tools/lib.sh and tools/toolchain.sh.

deny_tool() {
    have cargo-deny && return 0
    cargo_tool cargo-deny "" 2
}

# Its package for Python is the program itself, which saves building it.
TYPOS=1.52.0
words_tool() {
    local home="$TOOLS_HOME/typos-$TYPOS"
    have typos && return 0
    if [[ ! -x "$home/bin/typos" ]]; then
        need_programs pip3
        rm -rf "$home"
        quiet_step "typos" pip3 install --no-deps --target "$home" "typos==$TYPOS" \
            || die "typos could not be installed; run: pip3 install typos (or: cargo install typos-cli)"
    fi
    export PATH="$home/bin:$PATH"
}

version_of() { "$1" --version 2>/dev/null | awk '{ print $2; exit }'; }

# cargo_tool CRATE VERSION MINUTES [cargo install's arguments]: found, or built and put on PATH.
cargo_tool() {
    local crate="$1" version="$2" minutes="$3" home
    shift 3
    if [[ -n "$version" ]] && have "$crate" && [[ "$(version_of "$crate")" == "$version" ]]; then
        return 0
    fi
    home="$TOOLS_HOME/$crate${version:+-$version}"
    if [[ ! -e "$home/complete" ]]; then
        say "    $crate${version:+ $version} is not here; building it takes about $minutes minutes, once"
        need_programs cc make perl
        quiet_step "Build of $crate" in_a_subshell build_cargo_tool "$home" "$crate" ${version:+--version "=$version"} "$@" \
            || die "$crate could not be built; run: cargo install $crate${version:+ --version $version}"
        touch "$home/complete"
    fi
    export PATH="$home/bin:$PATH"
}

# The settings of a tool's build are not those of ours.
in_a_subshell() { ("$@"); }

# Not optimised at all: each tool runs for seconds, and takes twice as long to build at level 1,
# longer still with its own release profile. A registry that lags behind lacks versions
# named in a tool's lock file; then cargo chooses for itself. What is built stays until the tool is
# there, so that an interrupted build goes on where it was.
build_cargo_tool() {
    local home="$1"
    shift
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
        CARGO_PROFILE_RELEASE_STRIP=true CARGO_TARGET_DIR="$home/build"
    cargo install --root "$home" --locked "$@" || cargo install --root "$home" "$@" || return 1
    rm -rf "$home/build"
}
