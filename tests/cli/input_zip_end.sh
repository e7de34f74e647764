# A zip may have a long comment or padding behind its end.
. "$TESTS/cli/lib.sh"
needs python3 unzip
new_traps
python3 - <<'END'
import os, zipfile
files = {name: open("good/" + name, "rb").read() for name in sorted(os.listdir("good"))}
def zipped(name, comment=b"", padding=b"", method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", method) as archive:
        for member, data in files.items():
            archive.writestr(member, data)
        archive.comment = comment
    with open(name, "ab") as file:
        file.write(padding)
zipped("comment.zip", b"x" * 65535)
zipped("record_in_comment.zip", b"PK\5\6" + b"\xf0" * 40000)
zipped("padding.zip", padding=bytes(40000))
zipped("both.zip", b"x" * 30000, bytes(30000))
with zipfile.ZipFile("zip64.zip", "w", zipfile.ZIP_STORED) as archive:
    for number in range(66000):
        archive.writestr(f"more/{number}.log", b"")
    for member, data in files.items():
        archive.writestr(member, data)
    archive.comment = b"x" * 20000
open("cut.zip", "wb").write(open("comment.zip", "rb").read()[:-70000])
END
for name in comment record_in_comment padding both zip64; do
    echo "- $name"
    # 1 is a warning; unzip itself fails where the comment looks like the zip's end.
    [ $name = record_in_comment ] || unzip -tq $name.zip >/dev/null 2>&1 || equals 1 $?
    derrick convert $name.zip --cohorts 2 -o got.csv
    expect_same got.csv good.csv
done
echo "- cut"
expect_exit 3 derrick convert cut.zip --cohorts 2 -o got.csv 2>&1
