# A schema with one sensor fewer is migrated. The current export is written again from the database,
# with that sensor's column empty; no line of the previous CSV is reused. (This derrick plays the
# older one by having no file of that sensor: the hashes must be those of rows without it.)
. "$TESTS/cli/lib.sh"
needs sqlite3
standing=aws_s3/oil-well-data-all-historical.csv
new_workspace . 2
sample logs 3 2
rm logs/SE.txt
derrick -q run --allow-missing >/dev/null
sqlite3 energymobile.db "PRAGMA trusted_schema = ON; DROP VIEW oil_well_data; DROP VIEW sensor_data;
    DELETE FROM sensors WHERE sensor_name = 'SE'; ALTER TABLE well_reading DROP COLUMN SE"
expect_exit 4 derrick status >/dev/null 2>&1
show derrick run | steady
derrick -q export -o - | cmp - "$standing"
cut -d, -f1,2,31 "$standing"
sample logs 3 1 2
show derrick run --columns samples | steady
derrick -q export -o - | cmp - "$standing"
