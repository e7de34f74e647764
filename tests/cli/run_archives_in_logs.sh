# One run takes the archives in logs/ one after the other, each with its own profile, or else the one beside
# it, or else the one in profile/. The archive file itself goes into archive/.
. "$TESTS/cli/lib.sh"
needs zip sqlite3
new_workspace . 1
pack() { # NAME SEED [WITH-PROFILE]
    sample drop 2 1 "$2"
    [ "${3:-}" ] || rm drop/profile.txt
    (cd drop && zip -q "../logs/$1" -- *.txt)
    rm -r drop
}
run() {
    show derrick run --columns samples | steady
    find logs profile -type f | sort
}
pack b.zip 2
pack a.zip 1 with
sample drop 2 1 3
rm drop/profile.txt
tar -czf logs/c.tar.gz drop
rm -r drop
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >logs/profile.txt
run
run
sqlite3 energymobile.db 'SELECT DISTINCT c.cohort, c.profile_set FROM cohorts c ORDER BY 1'
for folder in archive/*; do
    ls "$folder"
    (cd "$folder" && sha256sum --quiet -c manifest.sha256)
done
