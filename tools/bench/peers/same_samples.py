"""Whether two folders of samples hold the same tables: same_samples.py ONE OTHER"""

import pathlib
import sys

import pyarrow.parquet


def main():
    one, other = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(path.relative_to(one) for path in one.rglob("*.parquet"))
    if not files or files != sorted(path.relative_to(other) for path in other.rglob("*.parquet")):
        sys.exit("other files")
    for file in files[:: max(1, len(files) // 12)]:
        ours = pyarrow.parquet.ParquetFile(one / file).read()
        theirs = pyarrow.parquet.ParquetFile(other / file).read()
        for name in ours.column_names:
            if not ours[name].combine_chunks().equals(theirs[name].cast(ours[name].type).combine_chunks()):
                sys.exit(f"{file}: {name}")


main()
