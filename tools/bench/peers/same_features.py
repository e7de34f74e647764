"""Whether another program's features are derrick's: same_features.py OURS.parquet THEIRS.csv"""

import sys

import numpy
import pandas


def main():
    ours, theirs = pandas.read_parquet(sys.argv[1]), pandas.read_csv(sys.argv[2], index_col="reading")
    ours = ours.set_index("reading").loc[theirs.index]
    for column in theirs:
        # A higher moment of values that hardly differ is the quotient of two rounded numbers.
        slack = 1e-5 if column.endswith(("skewness", "kurtosis")) else 1e-7
        if not numpy.allclose(ours[column], theirs[column], rtol=1e-6, atol=slack, equal_nan=True):
            sys.exit(f"{column} differs")
    print(f"{len(theirs.columns)} features of {len(theirs)} cycles are the same")


main()
