# sensor_quality has one row for each sensor in each cohort, compared with SQL over the rows. It is
# replaced with its cohort, and the next run adds it where it is missing.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace ws 5
sample drop 48 5
put drop/TS1.txt 3 2 x
put drop/TS2.txt 7 3 1e15
rm drop/CE.txt
cp drop/* ws/logs
expect_exit 6 derrick -C ws run --quarantine --allow-missing >/dev/null 2>&1
sql() { sqlite3 -separator ' ' ws/energymobile.db "$1"; }
sql "SELECT COUNT(*), COUNT(DISTINCT cohort), COUNT(DISTINCT sensor_name) FROM sensor_quality"
sql "SELECT * FROM sensor_quality WHERE cohort BETWEEN 2 AND 3 AND sensor_name IN ('TS1', 'TS2', 'CE')"
# Counts, extremes, medians and sums, in thousandths.
for sensor in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS3 TS4 VS1 CE CP SE; do
    sql "SELECT '$sensor of cohort ' || q.cohort, q.value_count, q.minimum, q.median, q.maximum, q.value_sum, '|', w.*
        FROM sensor_quality q JOIN (SELECT cohort AS of, COUNT($sensor) AS count, MIN($sensor) AS least,
            MAX($sensor) AS most, COALESCE(SUM(CAST(ROUND($sensor * 1000) AS INTEGER)), 0) AS sum
            FROM well_reading GROUP BY cohort) w ON w.of = q.cohort
        WHERE q.sensor_name = '$sensor' AND (q.value_count <> w.count OR q.missing_count <> 48 - w.count
            OR q.minimum IS NOT w.least OR q.maximum IS NOT w.most
            OR CAST(ROUND(q.value_sum * 1000) AS INTEGER) <> w.sum
            OR q.median IS NOT (SELECT ROUND(AVG($sensor), 6) FROM (SELECT $sensor, ROW_NUMBER() OVER (ORDER BY $sensor) AS n
                FROM well_reading r WHERE r.cohort = q.cohort AND $sensor IS NOT NULL)
                WHERE n IN ((w.count + 1) / 2, w.count / 2 + 1)))"
done
sql "SELECT * FROM sensor_quality ORDER BY well_id, cohort, sensor_name" >before.txt

echo "- replaced"
sql "SELECT value_count, value_sum FROM sensor_quality WHERE sensor_name = 'TS1' AND cohort = 1"
sed -i '1s/^[^\t]*/40/' drop/TS1.txt
derrick -C ws load --quarantine --allow-missing --replace "$PWD/drop" >/dev/null 2>&1 || true
sql "SELECT value_count, value_sum FROM sensor_quality WHERE sensor_name = 'TS1' AND cohort = 1"
sql "SELECT COUNT(*) FROM sensor_quality"

echo "- missing, as after a migration"
sql "SELECT * FROM sensor_quality ORDER BY well_id, cohort, sensor_name" >before.txt
sql "DELETE FROM sensor_quality WHERE cohort <> 4"
derrick -C ws run 2>&1 | grep sensor_quality
sql "SELECT * FROM sensor_quality ORDER BY well_id, cohort, sensor_name" >after.txt
expect_same before.txt after.txt
derrick -C ws run 2>&1 | grep sensor_quality || echo "no more"
sql "DELETE FROM sensor_quality WHERE cohort = 1; UPDATE well_reading SET TS1 = 41 WHERE cohort = 1 AND reading = 2"
expect_exit 4 derrick -C ws run >/dev/null 2>&1
sql "SELECT COUNT(*) FROM sensor_quality WHERE cohort = 1"
