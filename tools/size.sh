# shellcheck shell=bash
# What a phone fetches before the page is usable, and what the first picture adds: compressed sizes
# against their budgets. Needs tools/lib.sh and a built site.

# In bytes. The page itself is written by the server (2,114 bytes on 21 November 2026): what it may
# add is allowed for here, and measured by the end-to-end tests.
PHONE_BUDGET=300000
HTML_ALLOWANCE=3000
CODEC_BUDGET=400000

sizes() {
    local file bytes total=$HTML_ALLOWANCE status=0
    for file in phone.js phone.wasm clinical.css; do
        [[ -s "$SITE/pkg/$file" ]] || { say "    $file is not in target/site/pkg; build the site first"; return 1; }
        bytes="$(compressed "$SITE/pkg/$file")"
        total=$((total + bytes))
        say "    $(printf '%-16s %8d bytes brotli %8d bytes gzip' "$file" "$bytes" "$(gzip -9c "$SITE/pkg/$file" | wc -c)")"
    done
    say "    phone page: $total of $PHONE_BUDGET bytes (with $HTML_ALLOWANCE allowed for the HTML)"
    ((total <= PHONE_BUDGET)) || { say "    the phone page is too heavy"; status=1; }

    local codec=0
    while IFS= read -r file; do
        codec=$((codec + $(compressed "$file")))
    done < <(find "$SITE/pkg/codec" -type f \( -name '*.wasm' -o -name '*.js' \) 2>/dev/null)
    ((codec > 0)) || { say "    the codec is not in target/site/pkg/codec"; return 1; }
    say "    codec: $codec of $CODEC_BUDGET bytes, fetched with the first picture"
    ((codec <= CODEC_BUDGET)) || { say "    the codec is too heavy"; status=1; }
    return "$status"
}

compressed() { brotli -q 11 -c "$1" | wc -c; }
