"""Whether two CSVs hold the same rows and values: same_csv.py ONE OTHER

Fields are equal as text, or as decimals: 2290 and 2290.0. Prints the first difference.
"""
import decimal
import itertools
import sys


def same(one, other):
    if one == other:
        return True
    try:
        return decimal.Decimal(one) == decimal.Decimal(other)
    except decimal.InvalidOperation:
        return False


def main():
    with open(sys.argv[1]) as one, open(sys.argv[2]) as other:
        for number, (left, right) in enumerate(itertools.zip_longest(one, other), 1):
            if left == right:
                continue
            fields = (line.rstrip("\n").split(",") if line else [] for line in (left, right))
            for a, b in itertools.zip_longest(*fields):
                if a is None or b is None or not same(a, b):
                    sys.exit(f"line {number}: '{a}' and '{b}'")


main()
