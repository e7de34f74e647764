# doctor tests every part of a setup, changes nothing, and exits with 7 where a run would fail.
. "$TESTS/cli/lib.sh"
needs flock sqlite3
new_workspace w 2
sample drop 24 2
cd w
examine() {
    show derrick doctor "$@" |
        sed -E "s|on [A-Za-z0-9]+\$|on FS|; s/[0-9,]+ MB are free/N MB are free/; s/it is 20[0-9: -]+ UTC/it is NOW UTC/
            s/ [0-9]+ days? ago/ N days ago/; s|'[^']*/w'|'WORKSPACE'|; s/\(process [0-9]+/(process N/
            s/process [0-9]+ on '[^']*'/process N on 'HOST'/
            /running as root/,+1d; /it is in memory/,+1d" | steady
}
state() {
    find . -type f ! -name '*.lock' ! -name '*.db-*' -exec sha256sum {} + | sort
}
echo "- nothing is loaded"
examine
cp ../drop/* logs
sed -i '3s/^[^\t]*/x/' logs/TS1.txt
expect_exit 6 derrick run -q --quarantine 2>&1 | steady
echo "- with a cell in quarantine"
state >../before
examine
state >../after
expect_same ../before ../after
echo "- while a run has the lock"
examine_locked() { flock .derrick.lock "$DERRICK" doctor 2>&1 | grep -A1 -E '^(note +lock|ok +database|problem)' | grep -v clock: | steady; }
examine_locked
echo "- a folder is gone, another is a file"
rm -r csv quarantine
touch csv
examine | grep -A1 -E '^problem|found|exit'
rm csv
echo "- init puts it right"
derrick init -q >/dev/null
mkdir -p quarantine
examine | tail -n 1
echo "- the last run is in the future"
sqlite3 energymobile.db "UPDATE runs SET started = '2999-01-01 00:00:00'"
examine | grep -A1 -E '^problem|found|exit'
echo "- the database is damaged, or gone"
cp energymobile.db ../kept.db
printf 'not a database, but sixteen bytes' >energymobile.db
examine | grep -A1 -E '^problem|found|exit'
rm energymobile.db
examine | grep -A1 -E '^problem|found|exit'
cp ../kept.db energymobile.db
echo "- the database is read-only"
sqlite3 energymobile.db "UPDATE runs SET started = '2020-01-01 00:00:00'; CREATE TRIGGER no BEFORE INSERT ON runs BEGIN SELECT RAISE(ABORT, 'no more runs'); END"
examine | grep -A1 -E '^problem|found|exit'
sqlite3 energymobile.db "DROP TRIGGER no"
echo "- S3 without credentials"
export AWS_EC2_METADATA_DISABLED=true
examine --set s3.url=s3://well-sensor-logs --set s3.endpoint=http://127.0.0.1:9 --set s3.region=eu-west-1 | grep -A1 -E '^problem|found|exit'
