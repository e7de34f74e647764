# init writes the given settings into the derrick.ini that it creates, so later commands use them.
# An existing file stays as it is.
. "$TESTS/cli/lib.sh"
changed() { # WORKSPACE: lines that differ from a plain one's
    diff plain/derrick.ini "$1/derrick.ini" | sed -n 's/^> //p'
}
derrick init plain -q >/dev/null
show derrick init w --db sqlite:own.db --set rig.site=texas --set "rig.site=north sea#1" --set s3.url=s3://bucket | steady
show derrick init w --db sqlite:own.db --set rig.site=oslo --set "rig.site=north-sea" --set s3.url=s3://bucket | steady
changed w
sample drop 2 60
derrick -C w load "$PWD/drop" | steady
ls w
derrick -C w status | head -3 | steady
show derrick init w --db sqlite:other.db | steady
changed w
DERRICK_RIG_SITE=bergen derrick init e -q >/dev/null
changed e
for value in "a ;b" ";a" "#a" "a #b" " a" "a " "$(printf 'a\nwell = 7')" "$(printf 'a\tb')"; do
    show derrick init never -q --set "s3.storage_class=STANDARD" --set "database.tls_ca=$value" | tail -3
done
derrick init odd -q --set "database.tls_ca=a;b#c = d" >/dev/null
changed odd
# derrick.ini never contains a secret or a refused value.
show derrick init secret --db mysql://u:secretpw@127.0.0.1:1/energymobile
show derrick init secret --db sqlite:energymobile.db --set database.shards=mysql://a/x,mysql://u:secretpw@127.0.0.1:1/x
show derrick init secret --set s3.url=s3://bucket --set s3.endpoint=https://u:secretpw@host | tail -2
[ ! -e secret ] || fail "$(find secret)"
derrick init secret -q --set rig.site=north-sea >/dev/null
changed secret
