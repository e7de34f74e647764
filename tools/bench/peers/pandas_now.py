"""The historical CSV as you would write it with pandas today: pandas_now.py DROP CSV

Only the wanted columns are converted, by pyarrow's reader where there is one; cohorts are laid under
each other by NumPy, without a loop over rows; conditions are mapped by their codes.
"""
import sys

import numpy
import pandas

START = numpy.datetime64("2008-03-26T00:00:00")
COHORT_DAYS = 92
COHORTS = 60
SENSORS = {
    "PS1": "pressure_bar_1", "PS2": "pressure_bar_2", "PS3": "pressure_bar_3",
    "PS4": "pressure_bar_4", "PS5": "pressure_bar_5", "PS6": "pressure_bar_6",
    "EPS1": "motor_power_w", "FS1": "volume_flow_min_1", "FS2": "volume_flow_min_2",
    "TS1": "temperature_1", "TS2": "temperature_2", "TS3": "temperature_3",
    "TS4": "temperature_4", "VS1": "vibration", "CE": "cooling_efficiency",
    "CP": "cooling_power", "SE": "efficiency_factor_percent",
}
RATES = {"PS1": 100, "PS2": 100, "PS3": 100, "PS4": 100, "PS5": 100, "PS6": 100, "EPS1": 100,
         "FS1": 10, "FS2": 10}
COOLER = {3: ("0.03", "close to total failure"), 20: ("0.2", "reduced efficiency"),
          100: ("1", "full efficiency")}
VALVE = {100: ("1", "optimal switching behavior"), 90: ("0.9", "small lag"),
         80: ("0.8", "severe lag"), 73: ("0.73", "close to total failure")}
PUMP = {0: "no leakage", 1: "weak leakage", 2: "severe leakage"}
ACCUMULATOR = {130: "optimal pressure", 115: "slightly reduced pressure",
               100: "severely reduced pressure", 90: "close to total failure"}
STABLE = {0: "conditions were stable", 1: "static conditions might not have been reached yet"}


def engine():
    try:
        import pyarrow  # noqa: F401
        return "pyarrow"
    except ImportError:
        return "c"


def read(drop, sensor):
    rate = RATES.get(sensor, 1)
    wanted = range(0, COHORTS * rate, rate)
    data = pandas.read_csv(f"{drop}/{sensor}.txt", sep="\t", header=None, usecols=list(wanted),
                           engine=engine())
    return data.to_numpy().ravel(order="F")


def main():
    drop, csv = sys.argv[1:]
    profile = pandas.read_csv(f"{drop}/profile.txt", sep="\t", header=None)
    rows = len(profile)
    cooler, valve, pump, accumulator, stable = (profile[column] for column in range(5))
    minutes = 60 * numpy.arange(rows)
    starts = START + numpy.arange(COHORTS) * numpy.timedelta64(COHORT_DAYS, "D")
    times = (starts[:, None] + minutes * numpy.timedelta64(1, "m")).ravel()
    columns = {
        "rig_name": "texas-1",
        "cohort": numpy.repeat(numpy.arange(1, COHORTS + 1), rows),
        "date_time": numpy.char.replace(numpy.datetime_as_string(times, "s"), "T", " "),
        "cumulative_minutes": numpy.tile(minutes, COHORTS),
    }
    labels = {
        "cooler_percentage": cooler.map(lambda code: COOLER[code][0]),
        "cooler_description": cooler.map(lambda code: COOLER[code][1]),
        "valve_percentage": valve.map(lambda code: VALVE[code][0]),
        "valve_description": valve.map(lambda code: VALVE[code][1]),
        "internal_pump_leakage": pump,
        "pump_description": pump.map(PUMP),
        "hydraulic_accumulator_bar": accumulator,
        "hydraulic_description": accumulator.map(ACCUMULATOR),
        "stable_flag": stable,
        "flag_description": stable.map(STABLE),
    }
    columns.update({name: numpy.tile(values, COHORTS) for name, values in labels.items()})
    columns.update({column: read(drop, sensor) for sensor, column in SENSORS.items()})
    pandas.DataFrame(columns).to_csv(csv, index=False)


main()
