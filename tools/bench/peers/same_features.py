"""Whether tsfresh's features are derrick's: same_features.py OURS.parquet THEIRS.csv"""

import sys

import numpy
import pandas

NAMES = {"mean": "mean", "minimum": "min", "maximum": "max", "standard_deviation": "std",
         "root_mean_square": "rms", "absolute_sum_of_changes": "total_variation"}
RATES = {**{f"ps{n}": 100 for n in range(1, 7)}, "eps1": 100, "fs1": 10, "fs2": 10}


def main():
    ours, theirs = pandas.read_parquet(sys.argv[1]), pandas.read_csv(sys.argv[2], index_col="reading")
    ours = ours.set_index("reading").loc[theirs.index]
    for column in theirs:
        sensor, name = column.split("__", 1)
        factor = RATES.get(sensor, 1) if name.startswith("linear_trend") else 1  # theirs is per sample
        mine = ours[f"{sensor}__{'slope' if name.startswith('linear_trend') else NAMES[name]}"]
        if not numpy.allclose(mine, theirs[column] * factor, rtol=1e-6, atol=1e-7):
            sys.exit(f"{column} differs")
    print(f"{len(theirs.columns)} features of {len(theirs)} cycles are the same")


main()
