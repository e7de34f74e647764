# The reading of a file ends at the first line that a cohort has no room for, whatever follows: here
# something that would be reported as another problem.
. "$TESTS/cli/lib.sh"
needs python3
derrick sample good --readings 24 --cohorts 2 --seed 1 >/dev/null
cat >endless.py <<'PY'
"""Makes the drop of folder `good` one whose TS1.txt continues after its 24th row: endless.py KIND TAIL"""
import gzip, io, os, shutil, struct, sys, tarfile, zipfile
kind, tail = sys.argv[1:]
shutil.rmtree("drop", ignore_errors=True)
shutil.copytree("good", "drop")
rows = open("good/TS1.txt", "rb").read()
row = rows.splitlines(keepends=True)[0]
more = {"rows": row, "blanks": b"\n", "blanks and a row": b"\n" * 50 + row}[tail]
more = more * (4 * 2**20 // len(more))


def cut(path, keep=0.9):  # what follows is damaged
    os.truncate(path, int(os.path.getsize(path) * keep))


def tar(mode, path):
    with tarfile.open(path, mode) as archive:
        for name in sorted(os.listdir("drop"), reverse=True):
            archive.add(f"drop/{name}")
    shutil.rmtree("drop")


if kind == "folder":
    with open("drop/TS1.txt", "ab") as file:
        file.write(more)
        file.truncate(2**36)
elif kind == "compressed":
    os.remove("drop/TS1.txt")
    with gzip.open("drop/TS1.txt.gz", "wb") as file:
        file.write(rows + more)
    cut("drop/TS1.txt.gz")
else:
    with open("drop/TS1.txt", "ab") as file:
        file.write(more + b"no number\n")
    if kind == "tar":
        tar("w", "drop.tar")
    if kind == "tar.gz":
        tar("w:gz", "drop.tar.gz")
        cut("drop.tar.gz", 0.99)
    if kind == "zip":
        with zipfile.ZipFile("drop.zip", "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(os.listdir("drop")):
                archive.write(f"drop/{name}")
        data = bytearray(open("drop.zip", "rb").read())
        at = data.index(b"no number")
        data[at:at + 2] = b"NO"  # the checksum is wrong
        open("drop.zip", "wb").write(data)
        shutil.rmtree("drop")
PY
limit="--set calendar.cohort_days=1 --threads 2"
for kind in folder compressed tar tar.gz zip; do
    for tail in rows blanks "blanks and a row"; do
        echo "- $kind, $tail"
        python3 endless.py "$kind" "$tail"
        drop=drop
        [ -e drop ] || drop=drop.$kind
        expect_exit 3 derrick check "$drop" --cohorts 2 $limit 2>&1
        rm -rf "$drop"
    done
done

echo "- the shapes"
for shape in cohorts samples wells; do
    for kind in folder tar.gz; do
        python3 endless.py "$kind" rows
        drop=drop
        [ -e drop ] || drop=drop.$kind
        expect_exit 3 derrick check "$drop" --columns "$shape" --cohorts 2 $limit 2>&1 | head -n 1
        rm -rf "$drop"
    done
done

echo "- so many blank lines are accepted"
cp -r good drop
for i in $(seq 1000); do echo; done >>drop/TS1.txt
derrick check drop --cohorts 2 $limit 2>&1 | head -n 2
echo >>drop/TS1.txt
expect_exit 3 derrick check drop --cohorts 2 $limit 2>&1
