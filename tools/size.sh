# shellcheck shell=bash
# What a phone and a desktop fetch before their page is usable, and what the first picture adds:
# compressed sizes against their budgets. Needs tools/lib.sh and a built site.

# In bytes. The page itself is written by the server (2,114 bytes on 21 November 2026): what it may
# add is allowed for here, and measured by the end-to-end tests.
PHONE_BUDGET=280000
DESKTOP_BUDGET=438000
HTML_ALLOWANCE=3000
CODEC_BUDGET=150000
GENERAL_BUDGET=365000

sizes() {
    local status=0
    weigh_page "phone page" "$PHONE_BUDGET" phone || status=1
    weigh_page "desktop page" "$DESKTOP_BUDGET" clinical || status=1
    weigh "codec for JPEG and HEIC" "$CODEC_BUDGET" "$SITE/codec-worker.js" "$SITE"/codec-worker/*.js \
        "$SITE/pkg/codec/clinical_codec.js" "$SITE/pkg/codec/clinical_codec_bg.wasm" || status=1
    weigh "codec for rare formats" "$GENERAL_BUDGET" \
        "$SITE/pkg/codec/clinical_codec_general.js" "$SITE/pkg/codec/clinical_codec_general_bg.wasm" || status=1
    return "$status"
}

# weigh_page NAME BUDGET MODULE: everything that the page waits for.
weigh_page() {
    local name="$1" budget="$2" module="$3" file bytes total=$HTML_ALLOWANCE
    for file in "$module.js" "$module.wasm" clinical.css; do
        [[ -s "$SITE/pkg/$file" ]] || { say "    $file is not in target/site/pkg; build the site first"; return 1; }
        bytes="$(compressed "$SITE/pkg/$file")"
        total=$((total + bytes))
        say "    $(printf '%-16s %8d bytes brotli %8d bytes gzip' "$file" "$bytes" "$(gzip -9c "$SITE/pkg/$file" | wc -c)")"
    done
    say "    $name: $total of $budget bytes (with $HTML_ALLOWANCE allowed for the HTML)"
    ((total <= budget)) || { say "    the $name is too heavy"; return 1; }
}

# weigh NAME BUDGET FILE…: all of it together, fetched when it is first needed.
weigh() {
    local name="$1" budget="$2" file total=0
    shift 2
    for file in "$@"; do
        [[ -s "$file" ]] || { say "    ${file#"$ROOT"/} is missing; build the site first"; return 1; }
        total=$((total + $(compressed "$file")))
    done
    say "    $name: $total of $budget bytes"
    ((total <= budget)) || { say "    the $name is too heavy"; return 1; }
}

compressed() { brotli -q 11 -c "$1" | wc -c; }
