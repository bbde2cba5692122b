# shellcheck shell=bash
# The server as ./run starts it: it answers, and one Ctrl-C ends it. Needs tools/lib.sh and a build.

SMOKE_PORT="${SMOKE_PORT:-3987}"

smoke() {
    local data log="$LOGS/smoke.log" tries answer="" status=1
    data="$(mktemp -d)"
    set -m
    DEMO=true ADDR=127.0.0.1 PORT="$SMOKE_PORT" LEPTOS_SITE_ADDR="127.0.0.1:$SMOKE_PORT" DATA_DIR="$data" \
        "$SERVER" >"$log" 2>&1 &
    SMOKE_JOB=$!
    set +m
    at_exit stop_smoke_job
    for ((tries = 0; tries < 100; tries++)); do
        answer="$(healthz)"
        [[ "$answer" == 200 ]] && break
        kill -0 "$SMOKE_JOB" 2>/dev/null || break
        sleep 0.1
    done
    if [[ "$answer" != 200 ]]; then
        tail -n 20 "$log" >&2
        say "    GET /healthz did not answer 200"
    else
        kill -INT "$SMOKE_JOB"
        for ((tries = 0; tries < 100; tries++)); do
            kill -0 "$SMOKE_JOB" 2>/dev/null || { status=0; break; }
            sleep 0.1
        done
        ((status == 0)) || say "    the server did not end within 10 s of Ctrl-C"
    fi
    stop_smoke_job
    rm -rf "$data"
    return "$status"
}

# The status of GET /healthz; nothing where nobody answers. bash speaks enough HTTP for this.
healthz() {
    {
        exec 3<>"/dev/tcp/127.0.0.1/$SMOKE_PORT" || return 0
        printf 'GET /healthz HTTP/1.0\r\nHost: localhost:%s\r\n\r\n' "$SMOKE_PORT" >&3
        head -n 1 <&3 | cut -d ' ' -f 2
        exec 3>&-
    } 2>/dev/null
}

stop_smoke_job() {
    [[ -z "${SMOKE_JOB:-}" ]] || kill -KILL -- "-$SMOKE_JOB" 2>/dev/null || true
    SMOKE_JOB=
}
