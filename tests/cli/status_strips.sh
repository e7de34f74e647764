# `derrick status` shows how complete a rig is and the condition of its components: in blocks, or in ASCII
# where the locale or TERM asks for it, for people alone.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 3
sample drop 2205 3
derrick load -q drop >/dev/null
strips() {
    "$@" | grep -E '^    [a-z]+ +\||higher is worse'
}
echo '# ASCII'
strips derrick status
echo '# blocks'
strips env LC_ALL=C.UTF-8 "$DERRICK" status
echo '# who asks for what'
for set in LC_ALL=de_DE.utf8 LC_ALL=en_GB.ISO-8859-1 LC_ALL=C.UTF-8,TERM=dumb LC_ALL=C.UTF-8,NO_COLOR=1; do
    # shellcheck disable=SC2046 # several variables
    env $(echo $set | tr , ' ') "$DERRICK" status >out
    grep -q █ out && echo "$set: blocks" || echo "$set: ASCII"
    grep -q "$(printf '\033')" out && fail "an escape sequence"
done
env -u LC_ALL LANG=C.UTF-8 "$DERRICK" status | grep -c █
derrick status --json | grep -c 'higher is worse' || true

echo '# a gap, another profile, a short cohort, and cells in quarantine'
sample later 1000 1 3
awk 'BEGIN { OFS = "\t" } { print 3, 73, 2, 90, 1 }' later/profile.txt >profile.txt
mv profile.txt later/profile.txt
sed -i '1,8s/^[^\t]*/-/' later/CE.txt
expect_exit 6 derrick load -q later --columns samples --cohort 6 --gap --quarantine >/dev/null 2>&1
strips derrick status

echo '# values that an older derrick did not count'
sqlite3 energymobile.db 'DELETE FROM sensor_quality WHERE cohort = 2'
strips derrick status | head -1

echo '# many rigs: a line each'
new_workspace fleet 5
sample wells 3 5
derrick load -q -C fleet wells --columns wells --cohort 1 >/dev/null
strips derrick -C fleet status || echo 'no strips'
