# A query by date_time uses its index, well by well, for any number of wells.
. "$TESTS/cli/lib.sh"
needs sqlite3

derrick sample -q drop --readings 300 --cohorts 60 >/dev/null
derrick init -q ws >/dev/null
derrick -q -C ws load "$PWD/drop" --columns wells --cohort 7
plan() {
    sqlite3 ws/energymobile.db "EXPLAIN QUERY PLAN $1" | grep -o 'INDEX well_reading_date_time.*' || echo none
    sqlite3 ws/energymobile.db "$1"
}
plan "SELECT COUNT(*), COUNT(DISTINCT well_id) FROM well_reading WHERE date_time = '2009-10-01 03:00:00'"
plan "SELECT COUNT(*) FROM well_reading WHERE date_time >= '2009-10-02' AND date_time < '2009-10-03'"
plan "SELECT rig_name, cooling_power FROM oil_well_data
    WHERE rig_name = 'texas-59' AND date_time = '2009-10-01 03:00:00'"
