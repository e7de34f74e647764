"""The layouts of derrick's exports, written from the contract: readings in, bytes out."""

import csv
import io

import rules

HISTORICAL = ("rig_name,cohort,date_time,cumulative_minutes,cooler_percentage,cooler_description,"
              "valve_percentage,valve_description,internal_pump_leakage,pump_description,"
              "hydraulic_accumulator_bar,hydraulic_description,stable_flag,flag_description,"
              "pressure_bar_1,pressure_bar_2,pressure_bar_3,pressure_bar_4,pressure_bar_5,"
              "pressure_bar_6,motor_power_w,volume_flow_min_1,volume_flow_min_2,temperature_1,"
              "temperature_2,temperature_3,temperature_4,vibration,cooling_efficiency,cooling_power,"
              "efficiency_factor_percent").split(",")
# Exactly the scientists' example.
TEMPLATE = (",Time,Cooling efficiency,Cooling power,Motor power W,Volume flow l/min 1,"
            "Volume flow l/min 2,Pressure bar 1,Pressure bar 2,Pressure bar 3,Pressure bar 4,"
            "Pressure bar 5,Pressure bar 6,Efficiency factor,Temperature 1,Temperature  2,"
            "Temperature  3,Temperature  4, Vibration mm/s,Date").split(",")
TEMPLATE_PROFILE = ("Cooler condition,Cooler description,Valve condition,Valve description,"
                    "Internal pump leakage,Pump description,Hydraulic accumulator bar,"
                    "Hydraulic description,Stable flag,Flag description").split(",")
TEMPLATE_SENSORS = ["CE", "CP", "EPS1", "FS1", "FS2", "PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "SE",
                    "TS1", "TS2", "TS3", "TS4", "VS1"]
LONG = "sensor_value,sensor_name,cohort,date_time,cumulative_minutes,target_condition".split(",")


def write(rows):
    """RFC 4180, but with LF."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def described(codes, percentages):
    """Each code (or its percentage, if it has one) with its description."""
    cells = []
    for code, (_, known) in zip(codes, rules.CONDITIONS):
        percentage, description = known[code]
        cells += [percentage if percentages and percentage else str(code), description]
    return cells


def historical(readings):
    yield HISTORICAL
    for reading in readings:
        yield ([reading.rig, reading.cohort, reading.date_time, reading.minutes]
               + described(reading.codes, True)
               + [rules.text(reading.values[name]) for name in rules.NAMES])


def template(readings, with_profile):
    yield TEMPLATE + (TEMPLATE_PROFILE if with_profile else [])
    for reading in readings:
        yield ([reading.minutes, reading.minutes]
               + [rules.text(reading.values[name]) for name in TEMPLATE_SENSORS]
               + [reading.date_time]
               + (described(reading.codes, False) if with_profile else []))


def profiles_of(readings):
    """The profiles of the readings, in order of appearance."""
    profiles = []
    for reading in readings:
        if reading.profile not in profiles:
            profiles.append(reading.profile)
    return profiles


def long(readings, name):
    # derrick: with more than one profile, the numbers of rows continue
    before, rows = [], 0
    for profile in profiles_of(readings):
        before.append((profile, rows))
        rows += len(profile)
    yield LONG
    for reading in readings:
        above = next(rows for profile, rows in before if profile == reading.profile)
        yield [rules.text(reading.values[name]), name, reading.cohort, reading.date_time,
               reading.minutes, above + reading.index + 1]


def profile_rows(readings):
    yield [name for name, _ in rules.CONDITIONS]
    for profile in profiles_of(readings):
        yield from profile


def sagemaker(readings, label):
    which = rules.LABELS.index(label)
    classes = sorted(rules.CONDITIONS[which][1])
    for reading in readings:
        yield ([classes.index(reading.codes[which])]
               + [rules.text(reading.values[name]) for name in rules.NAMES])


# derrick's arguments for each layout.
LAYOUTS = ([("--format", "historical"), ("--format", "template"),
            ("--format", "template", "--no-profile"), ("--format", "sensors")]
           + [("--format", "sagemaker", "--label", label) for label in rules.LABELS])


def files(arguments, readings):
    """The output of a layout: name -> bytes, with the name "" for a layout of one file."""
    layout = arguments[1]
    if layout == "sensors":
        written = {f"{name}.csv": write(long(readings, name)) for name in rules.NAMES}
        written["profile.csv"] = write(profile_rows(readings))
        return written
    if layout == "historical":
        return {"": write(historical(readings))}
    if layout == "template":
        return {"": write(template(readings, "--no-profile" not in arguments))}
    return {"": write(sagemaker(readings, arguments[3]))}
