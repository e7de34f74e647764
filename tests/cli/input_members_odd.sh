# Archive members that are not files, that are in unusual folders, or that are archives themselves.
. "$TESTS/cli/lib.sh"
needs python3
new_traps
python3 - <<'END' 2>/dev/null
import io, os, tarfile, zipfile
files = {name: open("good/" + name, "rb").read() for name in sorted(os.listdir("good"))}
def tar(name, kind, link=""):
    with tarfile.open(name, "w") as archive:
        for member, data in files.items():
            info = tarfile.TarInfo(member)
            if member == "TS1.txt":
                info.type, info.linkname, data = kind, link, b""
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
tar("link.tar", tarfile.SYMTYPE, "/etc/passwd")
tar("hardlink.tar", tarfile.LNKTYPE, "SE.txt")
tar("folder.tar", tarfile.DIRTYPE)
tar("pipe.tar", tarfile.FIFOTYPE)
tar("device.tar", tarfile.CHRTYPE)
tar("empty.tar", tarfile.REGTYPE)
def zipped(name, more, method=zipfile.ZIP_DEFLATED, without=()):
    with zipfile.ZipFile(name, "w", method) as archive:
        for member, data in list(files.items()) + more:
            if member not in without:
                archive.writestr(member, data)
zipped("folder.zip", [("TS1.txt/", b"")], without=("TS1.txt",))
zipped("inner.zip", [("PS1.txt.gz", b"\x1f\x8b")], without=("PS1.txt",))
zipped("unfinished.zip", [("PS1.txt.part", b"1")], without=("PS1.txt",))
zipped("nested.zip", [("drop.zip", open("empty.tar", "rb").read())], without=files)
zipped("none.zip", [], without=files)
zipped("hidden.zip", [("__MACOSX/TS1.txt", b"x"), ("__MACOSX/._TS1.txt", b"x"), (".old/TS1.txt", b"x"),
                      ("description.txt", b"x"), ("Thumbs.db", b"x"), ("._TS1.txt", b"x")])
zipped("bzip2.zip", [], zipfile.ZIP_BZIP2)
zipped("lzma.zip", [], zipfile.ZIP_LZMA)
zipped("stored.zip", [], zipfile.ZIP_STORED)
class Pipe(io.RawIOBase):
    def __init__(self, file):
        self.file = file
    def writable(self):
        return True
    def write(self, data):
        return self.file.write(data)
with open("streamed.zip", "wb") as file, zipfile.ZipFile(Pipe(file), "w", zipfile.ZIP_DEFLATED) as archive:
    for member, data in files.items():
        archive.writestr(member, data)
with zipfile.ZipFile("zip64.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for member, data in files.items():
        with archive.open(member, "w", force_zip64=True) as file:
            file.write(data)
END
for name in link.tar hardlink.tar folder.tar pipe.tar device.tar empty.tar folder.zip inner.zip unfinished.zip \
    nested.zip none.zip; do
    echo "- $name"
    expect_exit 3 derrick -C ws load "$PWD/$name" --allow-missing 2>&1
done
expect_nothing_loaded ws
for name in hidden.zip bzip2.zip lzma.zip stored.zip streamed.zip zip64.zip; do
    echo "- $name"
    derrick convert $name --cohorts 2 -o got.csv
    expect_same got.csv good.csv
done
