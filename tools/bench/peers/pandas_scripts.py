"""One sensor's file to CSV the way the replaced scripts do: pandas_scripts.py FILE CSV

The whole file into a frame; a frame a cohort, with its dates, in a loop over the columns; all of
them put together; written. The column is the one at the cohort's own second.
"""
import os
import sys

import pandas

START = pandas.Timestamp("2008-03-26")
COHORT_DAYS = 92
COHORTS = 60


def main():
    path, csv = sys.argv[1:]
    sensor = os.path.basename(path).removesuffix(".txt")
    data = pandas.read_csv(path, sep="\t", header=None)
    burst = data.shape[1] // COHORTS
    frames = []
    for cohort in range(1, COHORTS + 1):
        frame = data[[(cohort - 1) * burst]].melt(value_name="sensor_value")[["sensor_value"]]
        frame["sensor_name"] = sensor
        frame["cohort"] = cohort
        frame["date_time"] = pandas.date_range(
            START + pandas.Timedelta(days=COHORT_DAYS * (cohort - 1)), periods=len(frame), freq="H")
        frame["cumulative_minutes"] = [60 * reading for reading in range(len(frame))]
        frame["target_condition"] = range(1, len(frame) + 1)
        frames.append(frame)
    pandas.concat(frames).to_csv(csv, index=False)


main()
