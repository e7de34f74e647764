"""What every Parquet file of derrick is checked for, whatever its columns are."""

import math
import pathlib
import sys

import pyarrow
import pyarrow.compute
import pyarrow.parquet

GROUP_ROWS_MAX = 250000


def check(condition, *what):
    if not condition:
        sys.exit(" ".join(map(str, ("wrong:", *what))))


def check_pages(path):
    """CRCs are there, and hold: a changed byte of any page of the first row group is found."""
    data = pathlib.Path(path).read_bytes()
    group = pyarrow.parquet.ParquetFile(path).metadata.row_group(0)
    broken = pathlib.Path(path).with_suffix(".broken")
    for place in range(group.num_columns):
        column = group.column(place)
        ends = [column.data_page_offset - 1] if column.has_dictionary_page else []
        start = column.dictionary_page_offset if column.has_dictionary_page else None
        start = column.data_page_offset if start is None else start
        ends.append(start + column.total_compressed_size - 1)
        for end in ends:  # the last byte of each page
            broken.write_bytes(data[:end] + bytes([data[end] ^ 1]) + data[end + 1:])
            try:
                file = pyarrow.parquet.ParquetFile(broken, page_checksum_verification=True)
                file.read_row_group(0, columns=[column.path_in_schema])
            except OSError as error:
                check("CRC" in str(error) or "checksum" in str(error).lower(), error)
            else:
                check(False, "a changed byte of", column.path_in_schema, "was not found")
    broken.unlink()


def check_statistics(file, table):
    """Bounds and counts of NULLs of every chunk are those of its values; zeros have their signs."""
    first = 0
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        check(0 < group.num_rows <= GROUP_ROWS_MAX, "rows of a row group")
        part = table.slice(first, group.num_rows)
        first += group.num_rows
        for place in range(group.num_columns):
            column = group.column(place)
            name = column.path_in_schema
            values = part[name]
            statistics = column.statistics
            check(column.compression == "ZSTD", "compression of", name)
            check(statistics.null_count == values.null_count, "NULLs of", name)
            check(statistics.has_min_max == (values.null_count < len(values)), "bounds of", name)
            if not statistics.has_min_max:
                continue
            bounds = pyarrow.compute.min_max(values).as_py()
            check(statistics.min == bounds["min"], "least of", name)
            check(statistics.max == bounds["max"], "greatest of", name)
            if values.type == pyarrow.float64():
                check(statistics.min != 0 or math.copysign(1, statistics.min) < 0, "-0.0 of", name)
                check(statistics.max != 0 or math.copysign(1, statistics.max) > 0, "+0.0 of", name)
    check(first == table.num_rows, "rows")
