# A database of schema version 1, whose migration was interrupted after any number of its columns,
# is migrated and keeps its rows; a second run has nothing to do.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace whole 2
sample whole/logs 3 2
derrick -C whole -q run >/dev/null
columns=("runs workspace_id" "drops workspace_id" "publications workspace_id" "cohorts burst_seconds"
    "schema_info verified" "runs user_name" "runs host" "runs derrick_version" "runs reason"
    "runs source" "runs readings" "runs steps" "runs problem_total" "drops unloaded_by"
    "cohorts loaded_hash" "cohorts corrected_by")
for done in 0 1 2 3 4 5 9 14 16; do
    rm -rf old
    cp -r whole old
    {
        echo "DROP TABLE sensor_quality; DROP TABLE workspaces;
            DROP TABLE run_problems; DROP TABLE unloaded; DROP TABLE corrections; DROP TABLE quarantine;"
        for column in "${columns[@]:$done}"; do
            echo "ALTER TABLE ${column% *} DROP COLUMN ${column#* };"
        done
        echo "UPDATE schema_info SET version = 1;"
    } | sqlite3 -cmd "PRAGMA trusted_schema = ON" old/energymobile.db
    expect_exit 4 derrick -C old status >/dev/null 2>&1
    derrick -C old -q run >/dev/null
    echo "$done columns were there: $(sqlite3 old/energymobile.db "SELECT version, (SELECT COUNT(*)
        FROM well_reading), (SELECT COUNT(*) FROM sensor_quality) >= 0, (SELECT COUNT(*)
        FROM pragma_table_info('cohorts') WHERE name = 'burst_seconds') FROM schema_info")"
    derrick -C old -q export -o - | cmp - whole/aws_s3/oil-well-data-all-historical.csv
    derrick -C old run | grep -c "nothing new"
done
