# Another program changed the database: run and export end with exit code 4 and name rig and cohort,
# check --database names all of them, and the drop of a cohort can be loaded again. A run does
# not read rows that no program has changed.
. "$TESTS/cli/lib.sh"
needs sqlite3 python3
new_workspace ws 12
sample drop 24 12
cp -r drop ws/logs/
derrick -C ws run >/dev/null 2>&1

# Whether a run reads all cohorts back.
verifies() {
    derrick -C ws --json --progress always "$@" 2>&1 | grep -q '"step":"compare"' && echo "all rows are read" ||
        echo "no row is read"
}
echo "after the run: $(verifies run)"
derrick -C ws load drop >/dev/null
derrick -C ws archive >/dev/null
echo "after a load and archive: $(verifies run)"
sqlite3 ws/energymobile.db VACUUM
echo "after something else wrote: $(verifies run)"
echo "once more: $(verifies export)"
cp ws/energymobile.db good.db
cp ws/aws_s3/oil-well-data-all-historical.csv good.csv
archive=$(cd ws && echo archive/*)
show derrick -C ws check --database

changed() {
    echo "- $1"
    cp good.db ws/energymobile.db
    cp good.csv ws/aws_s3/oil-well-data-all-historical.csv
    sqlite3 ws/energymobile.db "$2"
    show derrick -C ws run 2>&1 | steady
    show derrick -C ws export 2>&1 | steady
    show derrick -C ws export -o "$PWD/no.csv" 2>&1 | steady
    show derrick -C ws check --database 2>&1 | steady
    [ ! -e no.csv ] || fail "an export was written"
    cmp good.csv ws/aws_s3/oil-well-data-all-historical.csv
}
changed "a value" "UPDATE well_reading SET TS1 = 35.3 WHERE cohort = 5 AND reading = 7"
changed "two values of a cohort, exchanged" "UPDATE well_reading SET VS1 = (SELECT VS1 FROM well_reading WHERE cohort = 2
    AND reading = 9 - well_reading.reading) WHERE cohort = 2 AND reading IN (4, 5)"
changed "a value of more digits than a decimal has" "UPDATE well_reading SET PS1 = 151.57000000000002 WHERE cohort = 1
    AND reading = 1"
changed "a value to none" "UPDATE well_reading SET CE = NULL WHERE cohort = 12 AND reading = 24"
changed "a date" "UPDATE well_reading SET date_time = '2008-03-26 00:30:00' WHERE cohort = 1 AND reading = 1"
changed "a profile" "UPDATE well_profile SET stable_flag = 1 - stable_flag WHERE profile_id = 3"
changed "rows removed at the end" "DELETE FROM well_reading WHERE cohort = 8 AND reading > 20"
changed "all rows of a cohort removed" "DELETE FROM well_reading WHERE cohort = 9"
changed "a row added" "INSERT INTO well_reading SELECT well_id, cohort, 25, '2008-03-27 00:00:00', 1440, well_profile, PS1, PS2,
    PS3, PS4, PS5, PS6, EPS1, FS1, FS2, TS1, TS2, TS3, TS4, VS1, CE, CP, SE FROM well_reading WHERE cohort = 1 AND reading = 24"
changed "a cohort added" "INSERT INTO well_reading SELECT well_id, 13, reading, date_time, cumulative_minutes, well_profile,
    PS1, PS2, PS3, PS4, PS5, PS6, EPS1, FS1, FS2, TS1, TS2, TS3, TS4, VS1, CE, CP, SE FROM well_reading WHERE cohort = 12"
changed "a value, in a database with a WAL" "PRAGMA journal_mode = WAL;
    UPDATE well_reading SET TS1 = 35.3 WHERE cohort = 5 AND reading = 7"
echo "- a value, in a new file made of a dump"
cp good.db ws/energymobile.db
sqlite3 ws/energymobile.db "UPDATE well_reading SET TS1 = 35.3 WHERE cohort = 5 AND reading = 7" .dump >dump.sql
mv ws/energymobile.db kept.db
sqlite3 ws/energymobile.db <dump.sql
show derrick -C ws run 2>&1 | steady
# By chance as many commits made that file.
python3 - <<'PY'
header = open("good.db", "rb").read()[24:28]
with open("ws/energymobile.db", "r+b") as file:
    for at in 24, 92:  # the change counter, and the one for which the header's size holds
        file.seek(at)
        file.write(header)
PY
show derrick -C ws run 2>&1 | steady
rm ws/energymobile.db
cp -p good.db ws/energymobile.db
echo "a copy of the file: $(verifies run), then $(verifies run)"
mv kept.db ws/energymobile.db

# Bytes that changed on the disk, not by SQLite, leave no trace in the header: only what reads the rows finds them.
echo "- a value, in the file's bytes"
cp good.db ws/energymobile.db
python3 - <<'PY'
import sqlite3, struct
value = sqlite3.connect("good.db").execute("SELECT PS1 FROM well_reading WHERE cohort = 4 AND reading = 2").fetchone()[0]
data = open("ws/energymobile.db", "rb").read()
old = struct.pack(">d", value)
assert data.count(old) == 1, data.count(old)
open("ws/energymobile.db", "wb").write(data.replace(old, struct.pack(">d", value + 1)))
PY
show derrick -C ws run 2>&1 | steady
show derrick -C ws check --database 2>&1 | steady
show derrick -C ws export -o "$PWD/no.csv" 2>&1 | steady
changed "two cohorts" "UPDATE well_reading SET TS1 = 1 WHERE cohort IN (3, 11) AND reading = 1"

echo "- repaired"
derrick -C ws load --replace "$archive" 2>&1 | steady
derrick -C ws check --database
derrick -C ws run 2>&1 | steady
cmp good.csv ws/aws_s3/oil-well-data-all-historical.csv
echo "- the command of the hint, for one cohort; and not from an archive that was changed, too"
sqlite3 ws/energymobile.db "UPDATE well_reading SET TS1 = 1 WHERE cohort = 3 AND reading = 1"
hint=$(derrick -C ws check --database 2>&1 | grep -o "derrick load [^']*" | head -1)
cp "ws/$archive/PS1.txt" PS1.good
put "ws/$archive/PS1.txt" 2 1 150.5
(cd ws && show expect_exit 3 $hint 2>&1 | steady)
cp PS1.good "ws/$archive/PS1.txt"
(cd ws && show $hint 2>&1 | steady)
derrick -C ws check --database
derrick -C ws -q run >/dev/null
cmp good.csv ws/aws_s3/oil-well-data-all-historical.csv
show derrick check --database drop
show derrick --db sqlite:none.db check --database

echo "- a rig that the command line named: its archived drop is loaded for it again, and for no other"
cd "$HOME"
rm -rf ohio
new_workspace ohio 2
sample ohio/logs 3 2 9
derrick -C ohio -q run --set rig.site=ohio --set rig.well=2 >/dev/null
sqlite3 ohio/energymobile.db "UPDATE well_reading SET TS1 = 1 WHERE cohort = 2 AND reading = 2"
cd ohio
expect_exit 4 derrick -q run 2>&1 | steady
derrick load --replace archive/*-run1 2>&1 | steady
derrick check --database
echo "- for another rig on purpose, which a rebuild does again"
derrick -q run archive/*-run1 --set rig.site=utah >/dev/null 2>&1
rm energymobile.db
derrick -q init --rebuild 2>&1 | steady
derrick status | grep cohorts

# All of it is checked, or none.
show derrick check --database --cohort 9
