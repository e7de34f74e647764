# A file without read permission is a failure, not bad data; the drop is not loaded without it.
. "$TESTS/cli/lib.sh"
new_traps
as_user=
if [ "$(id -u)" -eq 0 ]; then
    needs setpriv
    as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chmod 755 .
    # shellcheck disable=SC2086
    $as_user "$DERRICK" --version >/dev/null 2>&1 || skip "another user can't start the program here"
    $as_user test -r good/TS1.txt || skip "another user can't read the folder of the test"
fi
unreadable() {
    spoil "$1" "$2"
    # shellcheck disable=SC2086
    expect_exit 1 $as_user "$DERRICK" check drop --cohorts 2 "${@:3}" 2>&1
    chmod -R u+rwX drop
}
unreadable "a sensor's file" "chmod 0 TS1.txt"
unreadable "with --allow-missing" "chmod 0 TS1.txt" --allow-missing --quarantine
unreadable "a CSV" "mv TS1.txt TS1.csv; chmod 0 TS1.csv"
unreadable "the profile" "chmod 0 profile.txt"
unreadable "the folder" "chmod 0 ."
unreadable "behind the folder" "chmod 644 ."
spoil "the archive" "tar -cf ../drop.tar ."
chmod 0 drop.tar
# shellcheck disable=SC2086
expect_exit 1 $as_user "$DERRICK" check drop.tar --cohorts 2 2>&1
echo "- a folder in logs/: of a site, and of the only delivery"
new_workspace w 2
for site in alpha beta; do
    sample w/logs/$site 2 2 1
done
chmod 0 w/logs/beta
[ -z "$as_user" ] || chown -R 65534:65534 w
# shellcheck disable=SC2086
expect_exit 1 $as_user "$DERRICK" -C w -q run --columns wells --dry-run 2>&1 >/dev/null
rm -r w/logs/alpha
# shellcheck disable=SC2086
expect_exit 1 $as_user "$DERRICK" -C w -q check 2>&1
chmod 755 w/logs/beta
