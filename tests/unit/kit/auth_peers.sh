#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# auth_peers.sh PEER: what the kit auth signs is good to other implementations, and the other way round: jose, the
# openssl command, Python's hmac. Skipped where jose is missing.
set -eu
peer=$1
for tool in jose openssl python3; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no $tool here"
        exit 77
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
    echo "$*" >&2
    exit 1
}

# ---- jose makes keys and tokens, the kit verifies them; and signs with those keys what jose then verifies ----
printf '{"sub":"ada"}' >claims
for alg in HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512; do
    jose jwk gen -i "{\"alg\":\"$alg\"}" -o key
    jose jwk gen -i "{\"alg\":\"$alg\"}" -o other
    jose jws sig -I claims -k key -c -o token
    [ "$("$peer" verify "$(cat key)" "$(cat token)")" = good ] || fail "$alg: jose's token is not good"
    [ "$("$peer" verify "$(cat other)" "$(cat token)")" = signature ] || fail "$alg: jose's token is good with another key"
    "$peer" sign "$(cat key)" "$alg" | tr -d '\n' >mine
    jose jws ver -i mine -k key -O said || fail "$alg: the kit's token is not good to jose"
    cmp -s said claims || fail "$alg: jose reads $(cat said)"
    ! jose jws ver -i mine -k other -O said 2>/dev/null || fail "$alg: the kit's token is good to jose with another key"
done

# ---- keys of the kit's own, as JWK and as PEM ----
decode() {
    python3 -c 'import base64, sys; t = sys.argv[1]; sys.stdout.buffer.write(base64.urlsafe_b64decode(t + "=" * (-len(t) % 4)))' "$1"
}
for alg in RS256 ES256 ES512 EdDSA; do
    "$peer" make "$alg" >made
    token=$(sed -n 1p made)
    sed -n 2p made >jwk
    sed 1,2d made >pem
    printf '%s' "${token%.*}" >text
    decode "${token##*.}" >signature
    case $alg in
    RS256) openssl dgst -sha256 -verify pem -signature signature text >log 2>&1 || fail "$alg: $(cat log)" ;;
    EdDSA) openssl pkeyutl -verify -rawin -pubin -inkey pem -in text -sigfile signature >log 2>&1 || fail "$alg: $(cat log)" ;;
    esac
    printf '%s' "$token" >mine
    [ "$alg" = EdDSA ] || jose jws ver -i mine -k jwk -O said || fail "$alg: the kit's JWK does not verify its token"
done

# ---- HMACs ----
for hash in sha1 sha256 sha384 sha512; do
    right=$(python3 -c 'import hmac, sys; print(hmac.new(sys.argv[2].encode(), sys.argv[3].encode(), sys.argv[1]).hexdigest())' \
        "$hash" "a kéy" "GET /v1/x?a=b")
    [ "$("$peer" hmac "$hash" "a kéy" "GET /v1/x?a=b")" = "$right" ] || fail "HMAC of $hash"
done
