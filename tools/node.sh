# shellcheck shell=bash
# Node and the packages in end2end/: the style compiler for the build, Playwright for the tests.
# Needs tools/lib.sh and tools/system.sh.

NODE_OLDEST=20
# What is taken from the npm registry where the system's Node is too old (Debian 12, Ubuntu 24.04).
NODE_FALLBACK=24.21.0

# `node_packages build` installs what the site needs, `node_packages all` the test tools too.
node_packages() {
    local what="$1"
    need_programs node npm
    fitting_node
    local stamp="$ROOT/end2end/node_modules/.clinical-$what"
    local complete="$ROOT/end2end/node_modules/.clinical-all"
    local lock="$ROOT/end2end/package-lock.json"
    if [[ ! (-e "$stamp" && ! "$lock" -nt "$stamp") && ! (-e "$complete" && ! "$lock" -nt "$complete") ]]; then
        local only=()
        [[ "$what" == build ]] && only=(--omit=dev)
        # No package's own install script runs: none of ours needs one, and none may fetch a browser.
        quiet_step "Node packages ($what)" \
            npm --prefix "$ROOT/end2end" ci --ignore-scripts "${only[@]}" \
            || die "npm could not install the packages of end2end/; check the network and npm's registry setting, then start again."
        touch "$stamp"
    fi
    export PATH="$ROOT/end2end/node_modules/.bin:$PATH"
}

# Puts a Node that is new enough on PATH.
fitting_node() {
    local found home="$TOOLS_HOME/node-$NODE_FALLBACK" machine
    found="$(node --version 2>/dev/null | tr -d v)"
    [[ "${CLINICAL_NODE_FALLBACK:-}" != 1 ]] && version_at_least "$found" "$NODE_OLDEST" && return 0
    case "$(uname -m)" in
        x86_64) machine=linux-x64 ;;
        aarch64) machine=linux-arm64 ;;
        *) die "Node $found is too old; install Node $NODE_OLDEST or newer and start again." ;;
    esac
    if [[ ! -x "$home/node_modules/node-$machine/bin/node" ]]; then
        mkdir -p "$home"
        quiet_step "Node $NODE_FALLBACK (the system's is $found)" \
            npm --prefix "$home" install --no-save --ignore-scripts "node-$machine@$NODE_FALLBACK" \
            || die "Node $found is too old; install Node $NODE_OLDEST or newer and start again."
    fi
    export PATH="$home/node_modules/node-$machine/bin:$PATH"
}
