# check compares a drop with what is loaded, as load does, where there is a database: the length of its bursts
# and the newest loaded profile. It changes nothing, and does without a database that can't be opened. convert
# never asks it, and says what to do for bursts of another length.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 3
sample first 4 2
sample next 4 2 10
sample second 4 1 11
check() {
    show derrick "$@" | grep -v '^sensor\|^[A-Z]' | steady
}
echo "== nothing loaded"
check -C w check "$PWD/first"
check check first
echo "== bursts of 2 s are loaded"
derrick -q -C w load "$PWD/first" --columns samples >/dev/null
before=$(sha256sum <w/energymobile.db)
check -C w check "$PWD/next"
check -C w check "$PWD/second"
rm next/profile.txt
check -C w check "$PWD/next"
[ "$(sha256sum <w/energymobile.db)" = "$before" ] || fail "check changed the database"
cp first/profile.txt next
show derrick -C w load "$PWD/next"
echo "== convert"
show derrick -C w convert "$PWD/next" --cohort 2 -o "$PWD/next.csv"
show derrick -C w convert "$PWD/next" --cohort 2 --columns samples -o "$PWD/next.csv"
derrick -C w export -q --cohort 2 -o - | cmp - next.csv
echo "== a database that can't be opened"
echo "no database" >w/energymobile.db
check -C w check "$PWD/second"
check -C w check "$PWD/next"
