# `unload` takes cohorts out of the database, of the export and of what was published, and keeps ledger
# and archive. The newest cohort gets its number again; a middle one needs its number, unless the drop
# is the very one that was unloaded. A rebuild does not bring back what was unloaded.
. "$TESTS/cli/lib.sh"
needs sqlite3
exec 2>&1
new_workspace . 1
for cohort in 1 2 3; do
    sample logs 3 1 "$cohort"
    cp -r logs "drop$cohort"
    derrick -q run >/dev/null
    cp aws_s3/oil-well-data-all-historical.csv "after$cohort.csv"
done

echo "- what is wrong is refused, and nothing asks without a terminal"
expect_exit 2 derrick unload 2>&1
expect_exit 2 derrick unload --run 1 --cohort 1 2>&1
expect_exit 2 derrick unload --cohort 9 --yes 2>&1
expect_exit 2 derrick unload --run 99 --yes 2>&1
expect_exit 2 derrick unload --cohort 1 --rig ohio-1 --yes 2>&1
expect_exit 2 derrick unload --cohort 1 --set input.columns=wells --set rig.site=ohio --yes 2>&1
expect_exit 2 derrick unload --cohort 3 --yes --reason $'two\nlines' 2>&1
expect_exit 2 derrick load logs --reason why 2>&1
cp energymobile.db before.db
expect_exit 2 derrick unload --cohort 2-3 2>&1 | steady
derrick unload --cohort 2-3 --dry-run | steady
expect_same energymobile.db before.db

echo "- the newest one: the same export as before it, and its number is the next one's again"
derrick unload --cohort 3 --yes --reason "PS3 was not connected" | steady
expect_same aws_s3/oil-well-data-all-historical.csv after2.csv
sqlite3 energymobile.db "SELECT command, length(user_name) > 0, length(host) > 0, reason FROM runs
    ORDER BY run_id DESC LIMIT 1; SELECT run_id, cohort, drop_id, readings, noted_at NOT NULL FROM unloaded;
    SELECT drop_id, unloaded_by, archived_at NOT NULL FROM drops"
grep -h '"cohort"\|"reason"' archive/*/unloaded.json
(cd archive/*-run3 && sha256sum --quiet -c manifest.sha256)
derrick status | grep texas-1
derrick check --database
echo "- again: it says so, and changes nothing"
derrick unload --cohort 3 --yes
expect_same aws_s3/oil-well-data-all-historical.csv after2.csv
cp drop3/* logs
derrick run 2>&1 | steady
expect_same aws_s3/oil-well-data-all-historical.csv after3.csv

echo "- a middle one, by its run: a hole, until its drop comes again"
derrick unload --run 2 --yes | steady
expect_same <(grep -v ',2008-06' after3.csv) aws_s3/oil-well-data-all-historical.csv
derrick status | grep texas-1
expect_exit 7 derrick status --check --late 36500
sample logs 3 1 4
derrick load 2>&1 | steady
derrick -q unload --cohort 4 --yes 2>&1
rm logs/*
cp drop2/* logs
expect_exit 3 derrick run 2>&1 | steady
derrick run --cohort 2 2>&1 | steady
expect_same aws_s3/oil-well-data-all-historical.csv after3.csv

echo "- a drop that was loaded with a wrong number is not given it again"
sample logs 3 1 6
cp -r logs drop6
derrick -q load --cohort 7 --gap
derrick -q unload --cohort 7 --yes 2>&1
expect_exit 3 derrick load 2>&1 | steady
derrick load --cohort 4 2>&1 | steady
derrick -q unload --cohort 4 --yes 2>&1
derrick load 2>&1 | steady
derrick -q unload --cohort 4 --yes 2>&1
rm logs/*

echo "- a lost database is rebuilt without what was unloaded"
derrick unload --cohort 2 --yes >/dev/null
cp aws_s3/oil-well-data-all-historical.csv expected.csv
sqlite3 energymobile.db "SELECT u.run_id, cohort FROM unloaded u JOIN drops USING (drop_id)
    WHERE archived_at IS NOT NULL ORDER BY 1" >unloaded.before
rm energymobile.db
derrick init --rebuild 2>&1 | steady
sqlite3 energymobile.db "SELECT u.run_id, cohort FROM unloaded u JOIN drops USING (drop_id)
    WHERE archived_at IS NOT NULL ORDER BY 1" | diff unloaded.before -
expect_same aws_s3/oil-well-data-all-historical.csv expected.csv
derrick status | grep texas-1

echo "- all of it: nothing is left in aws_s3/, and the next drop starts again"
derrick unload --cohort 1-3 --yes 2>&1 | steady
ls aws_s3
derrick status | grep -v database: | steady
cp drop1/* logs
derrick run 2>&1 | steady
expect_same aws_s3/oil-well-data-all-historical.csv after1.csv

echo "- a part of a drop whose files are still in logs/: a run would load it again, and archive no input for it"
new_workspace part 3
sample part/logs 3 3 5
cp -r part/logs whole
derrick -C part -q load
show derrick -C part unload --cohort 2 --yes --dry-run
show derrick -C part unload --cohort 2 --yes
derrick -C part unload --cohort 1-3 --yes | grep unloaded:
derrick -C part -q run >/dev/null
cp whole/* part/logs
expect_exit 5 env AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_MAX_ATTEMPTS=1 "$DERRICK" -C part -q run \
    --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:9 --set s3.region=eu-west-1 >/dev/null 2>&1
show derrick -C part unload --cohort 2 --yes # a duplicate of it waits
derrick -C part -q run >/dev/null
derrick -C part unload --cohort 2 --yes | grep unloaded:
derrick -C part status | grep texas-1
rm part/energymobile.db
derrick -C part -q init --rebuild >/dev/null
derrick -C part status | grep texas-1
