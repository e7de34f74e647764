# The historical layout: header, order, codes with their descriptions, values as in the files.
. "$TESTS/cli/lib.sh"
sample drop 3 2
# Every form of a number is written in one canonical form.
printf '+1.50\t-0.0\n.5\t12e2\n 007.250 \t-1.5e-3\n' >drop/TS1.txt
printf '100\t80\t2\t90\t0\n3\t73\t0\t115\t1\n20\t90\t1\t100\t0\n' >drop/profile.txt
show derrick convert drop --cohorts 2 -o -
derrick -q convert drop --cohorts 2 -o - --format historical >one.csv 2>/dev/null
derrick -q convert drop --cohorts 2 -o - -f historical --threads 1 2>/dev/null | cmp - one.csv
cat >expected.txt <<'END'
rig_name,cohort,date_time,cumulative_minutes,cooler_percentage,cooler_description,valve_percentage,valve_description,internal_pump_leakage,pump_description,hydraulic_accumulator_bar,hydraulic_description,stable_flag,flag_description,pressure_bar_1,pressure_bar_2,pressure_bar_3,pressure_bar_4,pressure_bar_5,pressure_bar_6,motor_power_w,volume_flow_min_1,volume_flow_min_2,temperature_1,temperature_2,temperature_3,temperature_4,vibration,cooling_efficiency,cooling_power,efficiency_factor_percent
END
head -n 1 one.csv | cmp - expected.txt
# Cohort 2 is the second burst of each file: of 100, of 10, and of one sample.
for sensor in PS1:100:15 FS1:10:22 TS2:1:25; do
    IFS=: read -r name rate column <<<"$sensor"
    cut -f $((rate + 1)) "drop/$name.txt" | awk '{ printf "%.9g\n", $1 }' >file.txt
    grep '^texas-1,2,' one.csv | cut -d, -f"$column" | cmp - file.txt
done
