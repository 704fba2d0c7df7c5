#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The service `mail` and the kit that reads it: what is sent comes, decoded; when none does, it is said which there were.
shipped=$3
. "$(dirname "$0")/../run/lib.sh"
needs curl
python=/usr/bin/python3
[ -x $python ] || python=python3
needs $python
if ! $python -I -c 'import aiosmtpd' 2>/dev/null; then
    echo "python3-aiosmtpd is not installed"
    [ "${CI:-}" = true ] && exit 1
    exit 77
fi
work_so=$plugins/mails.so
plugin=e2e.mail
MUSTER_PLUGIN_PATH=$shipped
export MUSTER_PLUGIN_PATH

run 1 -j 3
for passes in reads_a_mail finds_each_once waits_for_what_comes takes_what_is_broken is_refused is_put_off; do
    verdict $passes passed
done

# fails SCENARIO VERDICT WORDS: at the line that is marked with its name.
fails() {
    line=$(grep -n "/\* $1 \*/" "$(dirname "$0")/plugins/mails.c" | cut -d: -f1)
    verdict "$1" "$2"
    said=$(grep -A 6 -E "(FAIL|ERROR) .*\.$1\$" "$work/console")
    case $said in
    *"mails.c:$line: "*"$3"*) ;;
    *) fail "$1 does not say \"$3\" at line $line: $said" ;;
    esac
}
fails no_mail_comes failed 'no mail to right@example.test within '
fails no_mail_comes failed '"misled" (found before)'
fails mails_are_counted failed 'seen last: mails: to '
fails no_mail_server error 'the fixture nothing publishes no `folder`: it is no mail server'

# The mails are evidence, and nobody else's.
mails=$(find "$run/fixtures" -path '*/mails/*.eml' | wc -l)
[ "$mails" -ge 10 ] || fail "only $mails mails are kept: $(ls -R "$run/fixtures")"
is "as many descriptions" "$mails" "$(find "$run/fixtures" -path '*/mails/*.json' | wc -l)"
first=$(grep -l '"n": 1,' "$run"/fixtures/mail*refuse*/files/mails/000001.json)
is "who got it" "good@example.test" "$(jq -r '.to[0]' "$first")"
tr -d '\r' <"${first%.json}.eml" >"$work/came"
tr -d '\r' <"$plugins/welcome.eml" >"$work/sent"
cmp "$work/sent" "$work/came" || fail "a mail is not kept as it came"
is "their mode" 600 "$(stat -c %a "${first%.json}.eml")"
nothing_left

# Without the library it is said which package to install.
cat >"$work/python" <<'P'
#!/bin/sh
exec python3 -I -S "$@"
P
chmod +x "$work/python"
run 1 --set mail_python="$work/python" e2e.mail.reads_a_mail
verdict reads_a_mail error
says "install the Debian package python3-aiosmtpd"
finish
