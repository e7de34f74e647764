# The historical CSV by awk: awk -v drop=FOLDER -v csv=FILE -f join.awk
#
# It reads the files side by side, one line of each at a time, and keeps the rows until the end, because
# the rows of a cohort are written together. It checks nothing.

function date_time(days, hour,    year, month, day, length_) {
    # Days since 2008-03-01, a month after February: the leap day comes last in a year of ours.
    year = 2008
    month = 3
    day = days + 1
    while (day > (length_ = month_days(year, month))) {
        day -= length_
        if (++month > 12) {
            month = 1
            year++
        }
    }
    return sprintf("%04d-%02d-%02d %02d:00:00", year, month, day, hour)
}

function month_days(year, month) {
    if (month == 2)
        return year % 4 == 0 ? 29 : 28
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

BEGIN {
    FS = "\t"
    CONVFMT = OFMT = "%.15g"
    cohorts = 60
    rows = 0
    count = split("PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE", sensors, " ")
    split("100 100 100 100 100 100 100 10 10 1 1 1 1 1 1 1 1", rates, " ")
    cooler[3] = "0.03,close to total failure"
    cooler[20] = "0.2,reduced efficiency"
    cooler[100] = "1,full efficiency"
    valve[100] = "1,optimal switching behavior"
    valve[90] = "0.9,small lag"
    valve[80] = "0.8,severe lag"
    valve[73] = "0.73,close to total failure"
    pump[0] = "0,no leakage"
    pump[1] = "1,weak leakage"
    pump[2] = "2,severe leakage"
    accumulator[130] = "130,optimal pressure"
    accumulator[115] = "115,slightly reduced pressure"
    accumulator[100] = "100,severely reduced pressure"
    accumulator[90] = "90,close to total failure"
    stable[0] = "0,conditions were stable"
    stable[1] = "1,static conditions might not have been reached yet"

    while ((getline < (drop "/profile.txt")) > 0) {
        label[rows] = cooler[$1] "," valve[$2] "," pump[$3] "," accumulator[$4] "," stable[$5]
        for (i = 1; i <= count; i++) {
            getline line < (drop "/" sensors[i] ".txt")
            split(line, cells, "\t")
            for (c = 0; c < cohorts; c++)
                values[c] = values[c] "," (cells[c * rates[i] + 1] + 0)
        }
        for (c = 0; c < cohorts; c++) {
            kept[c, rows] = values[c]
            values[c] = ""
        }
        rows++
    }

    print "rig_name,cohort,date_time,cumulative_minutes,cooler_percentage,cooler_description," \
        "valve_percentage,valve_description,internal_pump_leakage,pump_description," \
        "hydraulic_accumulator_bar,hydraulic_description,stable_flag,flag_description," \
        "pressure_bar_1,pressure_bar_2,pressure_bar_3,pressure_bar_4,pressure_bar_5," \
        "pressure_bar_6,motor_power_w,volume_flow_min_1,volume_flow_min_2,temperature_1," \
        "temperature_2,temperature_3,temperature_4,vibration,cooling_efficiency,cooling_power," \
        "efficiency_factor_percent" > csv
    for (c = 0; c < cohorts; c++)
        for (r = 0; r < rows; r++)
            print "texas-1," c + 1 "," date_time(25 + 92 * c + int(r / 24), r % 24) "," 60 * r "," \
                label[r] kept[c, r] > csv
}
