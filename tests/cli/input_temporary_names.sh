# The table of temporary names. Whatever name a tool gives a file while it writes it, derrick
# refuses the drop if that file is absent (it never loads without the sensor, or with an older
# profile), and if it is being replaced. The message contains the name.
# timeout: 600
. "$TESTS/cli/lib.sh"
needs python3 sqlite3

cat >names <<'END'
F.txt.part
F.part
F.txt.partial
F.txt.filepart
F.txt.tmp
F.tmp
F.txt.crdownload
F.txt.download
F.txt.opdownload
F.txt.unconfirmed
F.txt.aria2
F.txt.!ut
F.txt.!qB
F.txt.bc!
F.txt.fdmdownload
F.txt.cyberduckpart
F.txt.lftp-pget-status
F.txt.part001
F.txt.part.minio
F.txt.1f2e3d4c.partial
F.txt.1f2E3d4C
F.txt.abcdefab
F.txt_.gstmp
F.txt_.gstmp_1
F.txt.!sync
F.txt.bts
F.txt.$$$
F.txt._COPYING_
.azDownload-3f2504e0-4f89-11d3-9a0c-0305e82c3301-F.txt
.F.txt.AbC123
.F.txt.abcdef
.F.txt.~1a2b
.syncthing.F.txt.tmp
~syncthing~F.txt.tmp
.in.F.txt.
.F.txt
.F.txt.icloud
F.txt.owncloud
.F.txt.swp
.#F.txt
#F.txt#
~$F.txt
.~lock.F.txt#
F.txt.uploading
F.part.txt
tmp_F.txt
F.txt.gz.part
F-2023-06-01.txt.filepart
2023-06-01_F.txt.part
.~tmp~/F.txt
.rsync-partial/F.txt
END
sample good 2 1
new_workspace ws 1                    # has an older profile in profile/
cp good/profile.txt ws/profile
new_workspace db 1                    # has an older profile in the database only
derrick -C db load -q "$PWD/good" >/dev/null
cases=0

# refused NAME COMMAND...: exit code 3, with the name in the message, with and without
# --allow-missing. The hint does not suggest renaming it.
refused() {
    refused_once "$@"
    refused_once "$@" --allow-missing
}
refused_once() {
    local name=$1 said code=0
    shift
    said=$("$@" 2>&1) || code=$?
    [ $code = 3 ] && [[ $said == *"$name"* && $said != *rename* ]] || fail "$*: exit code $code, $said"
    cases=$((cases + 1))
}

mkdir drop
cp good/* drop
while read -r name; do
    for file in TS1 profile; do
        there=${name//F/$file}
        mkdir -p "drop/$(dirname "$there")"
        cp good/$file.txt "drop/$there"
        refused "$there" "$DERRICK" -C ws check "$PWD/drop"
        rm drop/$file.txt
        refused "$there" "$DERRICK" -C ws check "$PWD/drop"
        [ $file = TS1 ] || refused_once "$there" "$DERRICK" -C db load --columns samples --allow-missing "$PWD/drop"
        cp good/$file.txt drop
        rm -r "drop/${there%%/*}"
    done
done <names
echo "in a folder: $cases cases"

cases=0
python3 - <<'END'
import os, zipfile
files = {name: open("good/" + name, "rb").read() for name in sorted(os.listdir("good"))}
os.mkdir("zips")
for number, line in enumerate(open("names")):
    for file in "TS1", "profile":
        name = line.strip("\n").replace("F", file)
        for state in "absent", "present":
            with zipfile.ZipFile(f"zips/{number}-{file}-{state}.zip", "w") as archive:
                for member, data in files.items():
                    if state == "present" or member != file + ".txt":
                        archive.writestr("data/" + member, data)
                if "/" not in name:
                    archive.writestr("data/" + name, b"1")
                    print(f"{number}-{file}-{state}.zip", name, sep="\t", file=open("list", "a"))
END
while IFS=$'\t' read -r zip name; do
    refused "$name" "$DERRICK" -C ws check "$PWD/zips/$zip"
done <list
echo "in a zip: $cases cases"

cases=0
rm good/profile.txt
while read -r name; do
    there=${name//F/profile}
    [ "$there" = "${there##*/}" ] || continue
    echo 1 >"db/profile/$there"
    refused_once "profile/$there" "$DERRICK" -C db load --columns samples --allow-missing "$PWD/good"
    rm "db/profile/$there"
done <names
echo "in profile/, which is empty otherwise: $cases cases"
sqlite3 db/energymobile.db 'SELECT count(*) FROM cohorts'
derrick -C db load --columns samples "$PWD/good" 2>&1 | grep -c 'has no profile'
