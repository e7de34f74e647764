#!/usr/bin/env bash
# The eight real 1 Hz files and the real profile, for 15 years; the fast sensors are missing.
. "$TESTS/cli/lib.sh"
[ -d "${DERRICK_TEST_REAL_DATA:-}/uci-1hz" ] || skip "no real data: set DERRICK_REAL_DATA"
needs sqlite3
drop=$DERRICK_TEST_REAL_DATA/uci-1hz

derrick init ws >/dev/null
expect_exit 3 derrick -C ws run "$drop" 2>refused
grep -q "PS1" refused || fail "a missing sensor is not named: $(cat refused)"
derrick -C ws run --allow-missing "$drop" >/dev/null 2>warned
! grep "warning" warned || fail "a warning over real data"
sql() { sqlite3 ws/energymobile.db "$1"; }
is() { [ "$(sql "$2")" = "$3" ] || fail "$1: $(sql "$2") instead of $3"; }

is readings "select count(*) from well_reading" 132300
is "absent sensors" "select count(PS1)+count(PS2)+count(PS3)+count(PS4)+count(PS5)+count(PS6)
    +count(EPS1)+count(FS1)+count(FS2) from well_reading" 0
is "sensor_data" "select count(*), count(sensor_value) from sensor_data" "2249100|1058400"
is "zero efficiency" "select count(*) from well_reading where SE = 0" 17640
is "foreign keys" "pragma foreign_key_check" ""
is "integrity" "pragma integrity_check" "ok"

# The class counts of the published profile, 60 times.
classes() {
    is "$1" "select group_concat(n, ' ') from (select p.$1, count(*) as n from well_reading r
        join well_profile p on p.profile_id = r.well_profile group by p.$1 order by p.$1)" "$2"
}
classes cooler_condition "43920 43920 44460"
classes valve_condition "21600 21600 21600 67500"
classes internal_pump_leakage "73260 29520 29520"
classes hydraulic_accumulator_bar "48480 23940 23940 35940"
classes stable_flag "86940 45360"

# The exact sum of every file, in thousandths, against the database's.
for sensor in CE CP SE TS1 TS2 TS3 TS4 VS1; do
    want=$(tr '\t' '\n' <"$drop/$sensor.txt" | awk '{ s += int($1 * 1000 + 0.5) } END { printf "%.0f", s }')
    is "sum of $sensor" "select sum(cast(round($sensor * 1000) as integer)) from well_reading" "$want"
done

# The report of all of it.
page=ws/report.html
[ "$(wc -c <$page)" -lt 1000000 ] || fail "the report has $(wc -c <$page) bytes"
grep -q '<b>17,640</b></td></tr>' $page || fail "the report does not count the zeros of SE"
grep -q 'SE is exactly 0 in every reading of cohorts 2 to 9\.' $page || fail "the report does not see that SE is constant"
[ "$(grep -c '<figure class=sm data-s=' $page)" -eq 8 ] || fail "the report does not have a chart for each sensor"

derrick -C ws run --allow-missing "$drop" >again
grep -q "nothing" again || fail "the second run did something: $(cat again)"
is "readings after it" "select count(*) from well_reading" 132300
(cd ws/archive/*run* && sha256sum -c --quiet manifest.sha256)
[ "$(wc -l <ws/aws_s3/oil-well-data-all-historical.csv)" -eq 132301 ]
