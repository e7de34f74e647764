# The database contains what the files contain: counts, sums, keys and views, queried with sqlite3.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 3
sample logs 50 3
derrick load >/dev/null
ask() {
    sqlite3 energymobile.db "$@"
}
ask 'PRAGMA foreign_key_check; PRAGMA integrity_check; SELECT count(*) FROM well_reading;
    SELECT count(*), count(sensor_value), count(DISTINCT data_id) FROM sensor_data;
    SELECT count(*) FROM oil_well_data; SELECT count(*) FROM target_condition'

# Sums of the sampled columns, in thousandths: by awk from the files, and by SQL from both forms.
for sensor in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE; do
    files=$(awk -F '\t' '{ k = NF / 3; for (c = 0; c < 3; c++) s += int($(c * k + 1) * 1000 + 0.5) }
        END { printf "%d", s }' "logs/$sensor.txt")
    wide=$(ask "SELECT sum(CAST(round($sensor * 1000) AS INTEGER)) FROM well_reading")
    narrow=$(ask "SELECT sum(CAST(round(sensor_value * 1000) AS INTEGER)) FROM sensor_data
        WHERE sensor_name = '$sensor'")
    [ "$files" = "$wide" ] && [ "$files" = "$narrow" ] || fail "$sensor: $files, $wide, $narrow"
done

# The calendar, and the profile of each reading.
ask 'SELECT cohort, min(date_time), max(date_time), min(cumulative_minutes), max(cumulative_minutes),
    min(reading), max(reading) FROM well_reading GROUP BY cohort'
ask 'SELECT cooler_condition, valve_condition, internal_pump_leakage, hydraulic_accumulator_bar, stable_flag
    FROM target_condition ORDER BY condition_id' | tr '|' '\t' | cmp - logs/profile.txt
ask -header 'SELECT * FROM sensor_data WHERE cohort = 2 AND cumulative_minutes = 60 LIMIT 2;
    SELECT * FROM oil_well_data WHERE cohort = 3 AND cumulative_minutes = 120'
# The view has the columns and the rows of the CSV.
ask -csv -header 'SELECT * FROM oil_well_data ORDER BY rig_name, cohort, date_time' |
    sed -E 's/"//g; s/\.0(,|\r?$)/\1/g; s/\.0(,|\r?$)/\1/g; s/\r$//' >view.csv
derrick export -o - | cmp - view.csv
# The index for queries by date.
ask "EXPLAIN QUERY PLAN SELECT * FROM well_reading WHERE date_time = '2008-03-26 05:00:00'" | grep -o 'SEARCH.*INDEX'

# The ledger: hashes equal to those of sha256sum, what was read, and with which settings.
ask 'SELECT hash, name FROM files' | sed 's/|/  /' >hashes.txt
(cd logs && sha256sum --quiet -c ../hashes.txt)
wc -l <hashes.txt
ask 'SELECT run_id, command, state, exit_code FROM runs; SELECT drop_id, run_id, settings, source FROM drops'
