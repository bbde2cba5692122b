# shellcheck shell=bash
# What is compiled for this machine, in one selection. Everything native (server, tests, lints,
# docs) names the same packages and features, so that cargo compiles each dependency once; the two
# browser crates are left out because their features would leak into the server's. PRODUCTION is the
# same without the demo: the server in it links no simulator.

# shellcheck disable=SC2034,SC2054 # read by the scripts that source this file; cargo's own commas
PRODUCTION=(-p clinical-images -p hevc-tile -p clinical-app -p clinical-server -p alex-simulator -p s3-simulator -p fault-proxy
    -p clinic-faults --features clinical-images/codec,clinical-images/service,clinical-app/ssr)
# shellcheck disable=SC2034 # likewise
NATIVE=("${PRODUCTION[@]}" --features clinical-server/demo)

# The same for some of them: `native_only clinical-images clinical-app` sets SELECTION. A selection
# of all of them equals NATIVE; a smaller one compiles less, though some of it a second time.
native_only() {
    local package features=()
    SELECTION=()
    for package in "$@"; do
        SELECTION+=(-p "$package")
        case "$package" in
            clinical-images) features+=(clinical-images/codec clinical-images/service) ;;
            clinical-app) features+=(clinical-app/ssr) ;;
            clinical-server) features+=(clinical-server/demo) ;;
        esac
    done
    ((${#features[@]})) && SELECTION+=(--features "$(IFS=,; echo "${features[*]}")")
    return 0
}
