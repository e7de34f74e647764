"""Features of the first cycles of a drop by tsfresh: features_table.py DROP CYCLES OUT

Each row of a file is a burst of 60 s. Only what tsfresh and derrick both compute, over whole bursts: ten of the
62 features of a sensor. Prints "seconds N", without the time that Python takes to start and to read.
"""

import pathlib
import sys
import time

import numpy
import pandas
from tsfresh import extract_features

SENSORS = ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "EPS1", "FS1", "FS2", "TS1", "TS2", "TS3", "TS4", "VS1", "CE",
           "CP", "SE"]
SAME = {"mean": None, "minimum": None, "maximum": None, "standard_deviation": None, "root_mean_square": None,
        "absolute_sum_of_changes": None, "linear_trend": [{"attr": "slope"}]}


def main():
    drop, cycles, out = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    tables = {sensor: numpy.loadtxt(drop / f"{sensor}.txt", max_rows=cycles, ndmin=2) for sensor in SENSORS}
    start = time.monotonic()
    parts = []
    for sensor, values in tables.items():
        rows, length = values.shape
        frame = pandas.DataFrame({"cycle": numpy.repeat(numpy.arange(1, rows + 1), length),
                                  "sample": numpy.tile(numpy.arange(length), rows),
                                  sensor.lower(): values.ravel()})
        parts.append(extract_features(frame, column_id="cycle", column_sort="sample", n_jobs=2,
                                      default_fc_parameters=SAME, disable_progressbar=True))
    result = pandas.concat(parts, axis=1)
    print("seconds", time.monotonic() - start)
    result.to_csv(out, index_label="reading")


main()
