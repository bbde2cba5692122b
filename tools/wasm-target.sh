# shellcheck shell=bash
# The standard library for wasm32-unknown-unknown. Needs tools/lib.sh, tools/toolchain.sh and
# tools/system.sh.
#
# rustup's is the ordinary way. Where rustup cannot fetch it, it is built from Debian's rust-src
# into a copy of the toolchain: two standard libraries in one sysroot do not link (E0464).
# WASM_TARGET_FROM_SOURCE=1 takes that way at once, to try it.

WASM=wasm32-unknown-unknown

wasm_target() {
    if [[ "${WASM_TARGET_FROM_SOURCE:-}" == 1 ]]; then
        wasm_target_from_source || die "the WebAssembly library of Rust could not be built from source; $WASM_REMEDY"
        return
    fi
    wasm_std_present && return 0
    if have rustup && quiet_step "Rust's WebAssembly library" rustup target add "$WASM"; then
        wasm_std_present && return 0
    fi
    # Debian's own rustc has it as a package.
    if [[ "$(rustc --print sysroot)" == /usr ]]; then
        have apt-get && as_root_can \
            && quiet_step "Rust's WebAssembly library (package)" install_packages libstd-rust-dev-wasm32 \
            && wasm_std_present && return 0
    elif wasm_target_from_source; then
        return 0
    fi
    die "Rust's WebAssembly library is missing; $WASM_REMEDY"
}

WASM_REMEDY="run: rustup target add $WASM (with Debian's rustc: apt-get install libstd-rust-dev-wasm32)"

wasm_std_present() {
    compgen -G "$(rustc --print target-libdir --target "$WASM")/libstd-*.rlib" >/dev/null
}

# A toolchain of our own: the installed one, hard-linked, with a standard library built here.
wasm_target_from_source() {
    local version sysroot home partial
    version="$(rust_version)"
    sysroot="$(realpath "$(rustc --print sysroot)")"
    home="$TOOLS_HOME/rust-$version-wasm"
    if [[ ! -e "$home/complete" ]]; then
        partial="$home.partial"
        rm -rf "$partial" "$home"
        mkdir -p "$partial"
        quiet_step "Copy of Rust $version" copy_toolchain "$sysroot" "$partial" || return 1
        if [[ ! -d "$partial/lib/rustlib/src/rust/library" ]]; then
            quiet_step "Source of Rust's library" rust_src_from_apt "$version" "$partial" || return 1
        fi
        quiet_step "Rust's WebAssembly library from source" build_wasm_std "$partial" || return 1
        touch "$partial/complete"
        mv "$partial" "$home"
    fi
    # The toolchain's own programs stand before rustup's, so nothing is registered with rustup.
    export PATH="$home/bin:$PATH"
    unset RUSTUP_TOOLCHAIN
    wasm_std_present
}

copy_toolchain() {
    local from="$1" to="$2" part
    for part in bin lib libexec; do
        [[ -d "$from/$part" ]] || continue
        cp -al "$from/$part" "$to/" 2>/dev/null || { rm -rf "${to:?}/$part" && cp -a "$from/$part" "$to/"; }
    done
    rm -rf "$to/lib/rustlib/$WASM"
}

build_wasm_std() {
    local home="$1" work libs="$1/lib/rustlib/$WASM/lib"
    work="$(mktemp -d)"
    mkdir -p "$work/src" "$libs"
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/Cargo.toml"
    printf '#![no_std]\n' >"$work/src/lib.rs"
    # Without bitcode in it, link-time optimisation of the site would refuse this library.
    (
        cd "$work" || exit 1
        unset RUSTUP_TOOLCHAIN CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR
        PATH="$home/bin:$PATH" RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
            cargo build --release -Zbuild-std=std,panic_abort,proc_macro --target "$WASM"
    ) || return 1
    find "$work/target/$WASM/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$libs/" \;
    rm -rf "$work"
}

# Debian has the library's source for exactly this version in one of its suites. The mirror's
# address and keyring are those of the machine's own apt; its lists are left as they are.
rust_src_from_apt() {
    local version="$1" home="$2" work site keyring suite found
    have apt-get && have dpkg || return 1
    work="$(mktemp -d)"
    chmod 755 "$work"
    while read -r site keyring; do
        for suite in $(suites_to_search "$site"); do
            echo "looking in $suite"
            found="$(rust_src_in_suite "$work" "$version" "$site" "$suite" "$keyring")"
            [[ -n "$found" ]] && break 2
        done
    done < <(apt_archives)
    [[ -n "${found:-}" ]] || return 1
    (
        cd "$work" || exit 1
        apt_in "$work" apt-get download "rust-src=$found" && dpkg -x rust-src_*.deb unpacked
    ) || return 1
    local library
    library="$(find "$work/unpacked/usr/src" -maxdepth 2 -type d -name library | sed -n 1p)"
    [[ -n "$library" ]] || return 1
    mkdir -p "$home/lib/rustlib/src/rust"
    cp -a "$library" "$home/lib/rustlib/src/rust/library"
    rm -rf "$work"
}

# "address keyring" of each archive that serves a main component.
apt_archives() {
    # shellcheck disable=SC2016 # apt's own placeholders
    apt-get indextargets --format '$(SITE) $(SIGNED_BY)' 'Created-By: Packages' 'Component: main' 'Label: Debian' \
        | awk '{ print $1, ($2 ~ /^\// ? $2 : "-") }' | sort -u
}

# The machine's own suites first, then those where a newer Rust appears.
suites_to_search() {
    # shellcheck disable=SC2016 # apt's own placeholders
    {
        apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' 'Component: main' 'Label: Debian' \
            | awk -v site="$1" '$1 == site { print $2 }'
        printf '%s\n' trixie-backports trixie forky-backports forky sid
    } | awk '!seen[$0]++'
}

rust_src_in_suite() {
    local work="$1" version="$2" site="$3" suite="$4" keyring="$5" signed=""
    [[ "$keyring" == - && -e /usr/share/keyrings/debian-archive-keyring.gpg ]] \
        && keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [[ "$keyring" == - ]] || signed="[signed-by=$keyring] "
    echo "deb ${signed}$site $suite main" >"$work/sources.list"
    apt_in "$work" apt-get update >&2 || return 0
    apt_in "$work" apt-cache madison rust-src \
        | awk -v version="$version" '$3 == version || index($3, version "+") == 1 || index($3, version "-") == 1 { print $3; exit }'
}

# Runs an apt program on lists, cache and sources in a directory of its own.
apt_in() {
    local work="$1" program="$2"
    shift 2
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    "$program" -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Debug::NoLocking=1 \
        -o APT::Get::List-Cleanup=0 "$@"
}
