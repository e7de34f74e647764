"""Runs the SageMaker SDK code of a document: training_job.py DOCUMENT SPLIT.

The requests pass through botocore's checks and reach moto inside of this process, because the SDK finds some
of its endpoints by itself. SPLIT is uploaded to the bucket that the document names.
"""

import os
import pathlib
import re
import sys

os.environ.update(AWS_DEFAULT_REGION="eu-central-1", AWS_ACCESS_KEY_ID="testing",
                  AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true",
                  PLATFORM_DISABLE_USAGE_METRICS="true")

import boto3
import botocore.client
import botocore.exceptions
import pandas
import xgboost
from moto import mock_aws

from check import check

SDK = "from sagemaker.core import"
BUCKET = "well-sensor-logs"


def refuse_simulation(call):
    """The role may not ask IAM about itself, which moto can't answer either."""
    def refusing(client, operation, arguments):
        if operation == "SimulatePrincipalPolicy":
            raise botocore.exceptions.ClientError(
                {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, operation)
        return call(client, operation, arguments)
    return refusing


def become_role():
    """What a notebook has: the credentials of a role."""
    role = boto3.client("iam").create_role(RoleName="science", AssumeRolePolicyDocument="{}", Path="/")
    taken = boto3.client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="notebook")
    os.environ.update(AWS_ACCESS_KEY_ID=taken["Credentials"]["AccessKeyId"],
                      AWS_SECRET_ACCESS_KEY=taken["Credentials"]["SecretAccessKey"],
                      AWS_SESSION_TOKEN=taken["Credentials"]["SessionToken"])
    boto3.DEFAULT_SESSION = None
    return role["Role"]["Arn"]


def upload(folder):
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            s3.upload_file(str(path), BUCKET, f"training/valve/{path.relative_to(folder)}")


def check_job(job, role):
    check(job["RoleArn"] == role, "role", job["RoleArn"])
    image = job["AlgorithmSpecification"]["TrainingImage"]
    check(re.fullmatch(r"\d{12}\.dkr\.ecr\.eu-central-1\.amazonaws\.com/sagemaker-xgboost:1\.7-1", image),
          "image", image)
    check(job["ResourceConfig"]["InstanceType"] == "ml.m5.xlarge", "machine", job["ResourceConfig"])
    check(job["OutputDataConfig"]["S3OutputPath"] == "s3://my-models/valve", "output")
    check([channel["ChannelName"] for channel in job["InputDataConfig"]] == ["train", "validation"],
          "channels", job["InputDataConfig"])


def read_channel(channel):
    """The rows below the channel's prefix, as the algorithm reads them: all objects, no header."""
    source = channel["DataSource"]["S3DataSource"]
    check(channel["ContentType"] == "text/csv" and source["S3DataType"] == "S3Prefix", "channel", channel)
    prefix = source["S3Uri"].removeprefix(f"s3://{BUCKET}/")
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    check([item["Key"] for item in found] == [prefix + "part-0.csv"], "objects of the channel", found)
    rows = pandas.read_csv(s3.get_object(Bucket=BUCKET, Key=found[0]["Key"])["Body"], header=None)
    return xgboost.DMatrix(rows[rows.columns[1:]], label=rows[0]), rows[0]


def train(job):
    """What the image does with the job: its result must know more than the most frequent class."""
    parameters = dict(job["HyperParameters"])
    rounds = min(int(parameters.pop("num_round")), 20)
    matrices = {channel["ChannelName"]: read_channel(channel) for channel in job["InputDataConfig"]}
    train_rows, labels = matrices["train"]
    check(sorted(labels.unique()) == list(range(int(parameters["num_class"]))), "classes", labels.unique())
    model = xgboost.train({**parameters, "nthread": 2}, train_rows, rounds)
    accuracy = (model.predict(train_rows) == labels).mean()
    check(accuracy > labels.value_counts(normalize=True).max() + 0.05, "accuracy in training", accuracy)
    check(model.predict(matrices["validation"][0]).shape == matrices["validation"][1].shape, "validation")


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"```python\n(.*?)```", text, re.S) if SDK in block]
    check(len(blocks) == 1, "blocks for the SDK:", len(blocks))
    botocore.client.BaseClient._make_api_call = refuse_simulation(botocore.client.BaseClient._make_api_call)
    with mock_aws():
        upload(pathlib.Path(sys.argv[2]))
        role = become_role()
        exec(blocks[0], {})  # the document's own words
        client = boto3.client("sagemaker")
        jobs = client.list_training_jobs()["TrainingJobSummaries"]
        check(len(jobs) == 1 and jobs[0]["TrainingJobName"].startswith("valve-"), "jobs", jobs)
        job = client.describe_training_job(TrainingJobName=jobs[0]["TrainingJobName"])
        check_job(job, role)
        train(job)
    print("training job: as documented")


main()
