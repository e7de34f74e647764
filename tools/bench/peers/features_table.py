"""Features of the first cycles of a drop by another program: features_table.py tsfresh|tsfel DROP CYCLES OUT

Each row of a file is a burst of 60 s. Only what that program and derrick both compute, over whole bursts: 7 or 10 of
the 62 features of a sensor. Prints "seconds N", without the time that Python takes to start and to read.
"""

import pathlib
import sys
import time

import numpy
import pandas

SENSORS = ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6", "EPS1", "FS1", "FS2", "TS1", "TS2", "TS3", "TS4", "VS1", "CE",
           "CP", "SE"]
RATES = {**{f"PS{number}": 100 for number in range(1, 7)}, "EPS1": 100, "FS1": 10, "FS2": 10}
TSFRESH = {"mean": None, "minimum": None, "maximum": None, "standard_deviation": None, "root_mean_square": None,
           "absolute_sum_of_changes": None, "linear_trend": [{"attr": "slope"}]}
TSFEL = ["Mean", "Min", "Max", "Standard deviation", "Root mean square", "Sum absolute diff", "Slope",
         "Peak to peak distance", "Skewness", "Kurtosis"]
# derrick's names for theirs, which begin so.
NAMES = {"mean": "mean", "min": "min", "max": "max", "standard": "std", "root": "rms", "absolute": "total_variation",
         "sum": "total_variation", "linear": "slope", "slope": "slope", "peak": "peak_to_peak", "skewness": "skewness",
         "kurtosis": "kurtosis"}


def by_tsfresh(sensor, values):
    from tsfresh import extract_features  # pylint: disable=import-outside-toplevel
    rows, length = values.shape
    frame = pandas.DataFrame({"cycle": numpy.repeat(numpy.arange(1, rows + 1), length),
                              "sample": numpy.tile(numpy.arange(length), rows), sensor: values.ravel()})
    found = extract_features(frame, column_id="cycle", column_sort="sample", n_jobs=2,
                             default_fc_parameters=TSFRESH, disable_progressbar=True)
    return found.rename(columns=lambda name: name.split("__")[1])


def by_tsfel(sensor, values):
    """In one process: for so few cycles its pool takes longer to start than it saves."""
    import tsfel  # pylint: disable=import-outside-toplevel
    wanted = {domain: {name: how for name, how in features.items() if name in TSFEL}
              for domain, features in tsfel.get_features_by_domain().items()}
    found = tsfel.time_series_features_extractor(wanted, list(values), fs=RATES.get(sensor, 1), n_jobs=None, verbose=0)
    return found.rename(columns=lambda name: name.split("_")[1].lower()).set_index(numpy.arange(1, len(values) + 1))


def main():
    extract = {"tsfresh": by_tsfresh, "tsfel": by_tsfel}[sys.argv[1]]
    drop, cycles, out = pathlib.Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    tables = {sensor: numpy.loadtxt(drop / f"{sensor}.txt", max_rows=cycles, ndmin=2) for sensor in SENSORS}
    extract("PS1", tables["PS1"][:2])  # imports
    start = time.monotonic()
    parts = {sensor: extract(sensor, values) for sensor, values in tables.items()}
    print("seconds", time.monotonic() - start)
    for sensor, part in parts.items():
        words = [next(ours for theirs, ours in NAMES.items() if name.startswith(theirs)) for name in part.columns]
        part.columns = [f"{sensor.lower()}__{word}" for word in words]
        part[f"{sensor.lower()}__slope"] *= RATES.get(sensor, 1)  # theirs is per sample
    pandas.concat(parts.values(), axis=1).to_csv(out, index_label="reading")


if __name__ == "__main__":
    main()
