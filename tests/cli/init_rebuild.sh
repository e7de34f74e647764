# The database is rebuilt from the archive: a history, two quarters of which one is replaced, one
# with cells in quarantine and another profile, one without a sensor, a duplicate, a drop in a zip,
# two cohorts of a history from outside, and the profile of an earlier drop. The result has the same
# series and the same export, and the next run finds nothing new.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
sample four 24 4
quarter() { # COHORT: a drop of that cohort alone, in columns = samples
    mkdir -p "$2"
    for file in four/*.txt; do
        columns=$(($(head -n 1 "$file" | wc -w) / 4))
        [ "${file##*/}" = profile.txt ] && cp "$file" "$2" && continue
        cut -f "$((($1 - 1) * columns + 1))-$(($1 * columns))" "$file" >"$2/${file##*/}"
    done
}
run() {
    derrick run -q "$@" >out.txt 2>&1 || [ $? -eq 6 ] || cat out.txt
}
series() {
    sqlite3 energymobile.db "SELECT w.rig_name, c.cohort, c.readings, c.hash, d.archive_folder, d.source, d.run_id,
        d.content_hash, d.settings, d.quarantined, d.loaded_at FROM cohorts c JOIN wells w ON w.well_id = c.well_id
        JOIN drops d ON d.drop_id = c.drop_id ORDER BY 1, 2;
        SELECT archive_folder, settings, source, content_hash, duplicate_of IS NULL, replaced_by IS NULL,
            archived_at IS NULL FROM drops ORDER BY drop_id;
        SELECT drop_id, file, stored_name, stored_hash FROM files ORDER BY 1, 2"
}
new_workspace . 2
sample logs 24 2
run
quarter 3 logs
rm logs/profile.txt
run --columns samples --cohort 3
quarter 4 q4
sed -i '5s/^[^\t]*/x/' q4/TS1.txt
printf '20\t73\t2\t90\t1\n%s\n' "$(tail -n +2 q4/profile.txt)" >q4/profile.txt
cp q4/* logs
run --columns samples --cohort 4 --quarantine
cp q4/* logs
run --columns samples --cohort 4 --quarantine
quarter 3 q3
sed -i '7s/^[^\t]*/30/' q3/TS2.txt
rm q3/SE.txt
(cd q3 && zip -qr ../logs/q3.zip .)
run --columns samples --cohort 3 --replace --allow-missing
mkdir far && sample far/drop 24 4 9
run far/drop --set rig.well=7 --cohorts 4 --cohort 2-3
(cd archive && find . -type f | sort | xargs sha256sum) >archive.sha
for folder in archive/*; do (cd "$folder" && sha256sum --quiet -c manifest.sha256); done
python3 -c '
import glob, json
for path in sorted(glob.glob("archive/*/drop.json")):
    record = json.load(open(path))
    print(*(record[key] for key in ("run", "quarantine", "quarantined", "allow_missing", "duplicate_of", "replaced")),
          record["drop"].replace("'"$PWD"'", "HERE"), record["profile"] and record["profile"]["file"].replace("'"$PWD"'", "HERE"),
          [(row["rig"], row["cohort"], row["readings"]) for row in record["cohorts"]])' | steady
series >before.txt
cp aws_s3/oil-well-data-all-historical.csv before.csv
cp energymobile.db whole.db

show derrick init --rebuild | steady
rm energymobile.db
show derrick run 2>&1 | tail -n 2
show derrick init --rebuild | steady
(cd archive && find . -type f | sort | xargs sha256sum) | cmp - archive.sha
cmp before.csv aws_s3/oil-well-data-all-historical.csv
series >after.txt
diff before.txt after.txt
show derrick run
show derrick status | sed -n '/^loaded/,/^next expected/p' | steady


echo "- an older backup is completed"
cp energymobile.db newest.db
rm energymobile.db
mkdir later && mv archive/*-run[56] later
derrick init --rebuild -q >/dev/null 2>&1
mv later/* archive
cp before.csv aws_s3/oil-well-data-all-historical.csv
show derrick run | steady
show derrick init --rebuild | steady
hashes() {
    sqlite3 "$1" 'SELECT well_id, cohort, hash FROM cohorts ORDER BY 1, 2'
}
diff <(hashes energymobile.db) <(hashes newest.db)
cmp before.csv aws_s3/oil-well-data-all-historical.csv

echo "- not without an archive, and not into a database that is not the workspace's"
show derrick init --rebuild --new-database
show derrick init --rebuild --db sqlite:x.db
rm -r archive/* energymobile.db
show derrick init --rebuild
