# shellcheck shell=bash
# Programs from the system's packages. Debian and Ubuntu are served; elsewhere the missing ones
# are named. Needs tools/lib.sh.

# What each program is called as a package.
package_of() {
    case "$1" in
        cc) echo build-essential ;;
        node) echo nodejs ;;
        pip3) echo python3-pip ;;
        *) echo "$1" ;;
    esac
}

# Chromium goes by several names; CHROMIUM says which one to use.
find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        if [[ -n "$name" ]] && have "$name"; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

# Is the program there? Debian keeps servers in /usr/sbin, which is not on everybody's PATH.
present() {
    case "$1" in
        chromium) find_chromium >/dev/null ;;
        *) have "$1" || [[ -x "/usr/sbin/$1" ]] ;;
    esac
}

# Installs what is missing of the named programs: `need_programs cc brotli`.
need_programs() {
    local program missing=() packages=()
    for program in "$@"; do
        if ! present "$program"; then
            missing+=("$program")
            packages+=("$(package_of "$program")")
        fi
    done
    ((${#missing[@]})) || return 0

    have apt-get \
        || die "these programs are missing: ${missing[*]}; install them with this system's package manager and start again."
    as_root_can \
        || die "these programs are missing: ${missing[*]}; install them with: sudo apt-get update && sudo apt-get install -y ${packages[*]}"
    quiet_step "System packages ${packages[*]}" install_packages "${packages[@]}" \
        || die "apt-get could not install them; try it by hand: sudo apt-get update && sudo apt-get install -y ${packages[*]}"
    for program in "${missing[@]}"; do
        present "$program" \
            || die "$program is still missing after installing $(package_of "$program"); install it by hand and start again."
    done
}

# Root, or sudo that asks nothing or has somebody to ask.
as_root_can() {
    ((EUID == 0)) || { have sudo && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; }
}

as_root() {
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

install_packages() {
    # A package list may be old or never fetched; a repository that does not answer must not stop
    # the others.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" \
        || {
            as_root apt-get update || true
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
        }
}
