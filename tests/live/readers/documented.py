"""Runs the Python of docs/parquet.md that reads samples and features: documented.py DOCUMENT FOLDER.

FOLDER has samples_100hz/ and features.parquet. The Athena table must have the columns of the file.
"""

import pathlib
import re
import sys

import pyarrow.parquet

from check import check

TYPES = {"int32": "int", "double": "double", "timestamp[us]": "timestamp"}


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    folder = sys.argv[2]
    section = text[text.index("## Reading samples and features"):text.index("## The writer")]
    blocks = re.findall(r"```python\n(.*?)```", section, re.S)
    check(len(blocks) == 1, "blocks of Python")
    names = {}
    exec(blocks[0].replace("DIR", folder), names)  # the document's own words
    check(len(names["names"]) > 400 and list(names["features"].columns) == names["names"], "features")

    statement = re.findall(r"```sql\n(.*?)```", section, re.S)[0]
    columns = re.search(r"samples_100hz \((.*?)\n\)", statement, re.S).group(1)
    documented = [tuple(column.split()) for column in columns.replace("\n", " ").split(",")]
    file = next(pathlib.Path(folder, "samples_100hz").glob("*/*/*.parquet"))
    schema = pyarrow.parquet.read_schema(file)
    check(documented == [(field.name, TYPES[str(field.type)]) for field in schema], "columns of Athena")
    print("documented: as written")


main()
