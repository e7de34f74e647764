"""Trains on splits of the published 1 Hz files: real_splits.py EXAMPLE DOCUMENT BY_BLOCK BY_ACCUMULATOR SAGEMAKER

scikit-learn, by the example, on a split in a bucket (moto's) and on one in a folder: the table of the document. XGBoost
on CSVs for the cooler: it must tell conditions that it has not seen.
"""

import os
import pathlib
import re
import subprocess
import sys

import boto3
import pandas
import xgboost
from moto.server import ThreadedMotoServer

from check import check

BUCKET = "well-sensor-logs"
NAMES = {"cooler": "cooler_condition", "valve": "valve_condition", "pump": "internal_pump_leakage",
         "accumulator": "hydraulic_accumulator_bar", "stable flag": "stable_flag"}
SLACK = 0.011  # of an accuracy: other processors round sums in another order


def documented(path):
    """label -> six accuracies."""
    rows = re.findall(r"^\| ([a-z ]+) \|((?: [01]\.\d{3} \|){6})$", path.read_text(encoding="utf-8"), re.M)
    return {NAMES[label]: [float(cell) for cell in cells.split("|")[:-1]] for label, cells in rows if label in NAMES}


def measured(example, split):
    """label -> majority, honest and leaky accuracy, as the example prints them."""
    printed = subprocess.run([sys.executable, example, str(split)], stdout=subprocess.PIPE, text=True, check=True).stdout
    print(printed)
    rows = re.findall(r"^([a-z_]+) +([01]\.\d{3}) +([01]\.\d{3}) +([01]\.\d{3})$", printed, re.M)
    return {label: [float(number) for number in numbers] for label, *numbers in rows}


def put_into_bucket(folder, endpoint):
    """What `aws s3 sync` does."""
    os.environ.update(AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing",
                      AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, f"prefix/split/{path.relative_to(folder)}")
    return f"s3://{BUCKET}/prefix/split"


def check_table(example, table, by_block, by_accumulator):
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        blocks = measured(example, put_into_bucket(by_block, f"http://{host}:{port}"))
    finally:
        server.stop()
    stricter = measured(example, by_accumulator)
    check(sorted(table) == sorted(blocks) == sorted(stricter) == sorted(NAMES.values()), "labels", sorted(table))
    for label, expected in table.items():
        found = blocks[label] + stricter[label]
        check(all(abs(one - other) < SLACK for one, other in zip(expected, found)), label, found, "documented as",
              expected)


def read_csv(path):
    rows = pandas.read_csv(path, header=None)
    return xgboost.DMatrix(rows[rows.columns[1:]], label=rows[0]), rows[0]


def check_xgboost(folder):
    train, labels = read_csv(folder / "train/part-0.csv")
    test, expected = read_csv(folder / "test/part-0.csv")
    model = xgboost.train({"objective": "multi:softmax", "num_class": labels.nunique(), "max_depth": 4, "nthread": 2},
                          train, 20)
    accuracy = (model.predict(test) == expected).mean()
    print(f"XGBoost, cooler: {accuracy:.3f} of {len(expected)} readings")
    check(accuracy > 0.9 and expected.value_counts(normalize=True).max() < 0.5, "accuracy", accuracy)


def main():
    example, document, by_block, by_accumulator, sagemaker = map(pathlib.Path, sys.argv[1:])
    check_table(example, documented(document), by_block, by_accumulator)
    check_xgboost(sagemaker)
    print("splits of real data: as documented")


main()
