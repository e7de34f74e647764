# Archive members whose names lead out of the archive: derrick never writes to those paths, and
# reads the members under their file names.
. "$TESTS/cli/lib.sh"
needs python3
new_traps
mkdir -p a/b
cd a/b
python3 - ../../good "$HOME" <<'END'
import io, os, sys, tarfile, zipfile
good, home = sys.argv[1:]
files = {name: open(f"{good}/{name}", "rb").read() for name in sorted(os.listdir(good))}
for kind, folder in (("up", "../../"), ("absolute", home + "/escaped/"), ("backslash", "..\\..\\"),
                     ("dot", "./"), ("control", "\x1b[31m\n/"), ("unicode", "日本/ü/")):
    with zipfile.ZipFile(kind + ".zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
        archive.writestr(folder + "evil.txt", "out")
    with tarfile.open(kind + ".tar", "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(folder.replace("\\", "/") + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
END
cd ../..
before=$(find . | sort)
for kind in up absolute backslash dot control unicode; do
    for ending in zip tar; do
        echo "- $kind.$ending"
        derrick convert a/b/$kind.$ending --cohorts 2 -o - | cmp - good.csv
    done
done
derrick -C ws load "$PWD/a/b/up.zip"
diff <(echo "$before") <(find . | sort)
