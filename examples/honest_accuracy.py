"""How well features tell the conditions of a rig, measured on conditions that the model has not seen.

    derrick convert DROP --format features --split 70/15/15 -o split
    python honest_accuracy.py split

SPLIT may also be in a bucket: s3://bucket/prefix/split. For each label the script prints the accuracy on the
test part, which has whole condition blocks of its own, and beside it the accuracy of the same model where the
same number of rows is held back at random. The second number is higher, because the model has seen readings of
the same hours, and it is not what new data will give. It needs pandas, pyarrow and scikit-learn.
"""

import os
import sys

import numpy
import pandas
from pyarrow import fs
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def accuracy(train, test, features, label):
    """The share of the rows of `test` whose label is predicted."""
    model = make_pipeline(StandardScaler(),
                          LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"))
    model.fit(train[features], train[label])
    return model.score(test[features], test[label])


def open_split(place):
    """The file system of a folder or bucket, and the path there."""
    place = place.rstrip("/")
    return fs.FileSystem.from_uri(place if "://" in place else os.path.abspath(place))


def main():
    files, folder = open_split(sys.argv[1])
    with files.open_input_stream(f"{folder}/dictionary.csv") as file:
        dictionary = pandas.read_csv(file)
    # Keys and groups determine the labels: only the role says what a model may see.
    features = dictionary[dictionary["role"] == "feature"]["name"].tolist()
    labels = dictionary[dictionary["role"] == "label"]["name"].tolist()
    parts = {name: pandas.read_parquet(f"{folder}/{name}/part-0.parquet", filesystem=files)
             for name in ("train", "validation", "test")}
    train, test = parts["train"], parts["test"]

    # A column without a value in training says nothing (an absent sensor); a missing value is the median's.
    features = [name for name in features if train[name].nunique() > 1]
    medians = train[features].median()
    train, test = (part.fillna(medians) for part in (train, test))

    everything = pandas.concat([train, test], ignore_index=True)
    order = numpy.random.default_rng(1).permutation(len(everything))
    leaky_test = everything.iloc[order[:len(test)]]
    leaky_train = everything.iloc[order[len(test):]]

    print(f"{len(features)} features; {len(train)} rows to train, {len(test)} to test")
    print(f"{'label':28}{'majority':>10}{'honest':>10}{'leaky':>10}")
    for label in labels:
        majority = (test[label] == train[label].mode()[0]).mean()
        honest = accuracy(train, test, features, label)
        leaky = accuracy(leaky_train, leaky_test, features, label)
        print(f"{label:28}{majority:>10.3f}{honest:>10.3f}{leaky:>10.3f}")


main()
