# The files of a folder may be compressed one by one, as in an archive with compress = zstd. The
# drop and its hash stay the same.
. "$TESTS/cli/lib.sh"
needs gzip xz bzip2 zstd
input="--cohorts 2"

derrick sample -q drop --readings 30 --cohorts 2 >/dev/null
derrick convert -q drop $input -o plain.csv
cp -r drop packed
gzip packed/PS*.txt packed/profile.txt
xz packed/TS1.txt
bzip2 packed/TS2.txt
zstd -q --rm packed/CE.txt
derrick convert -q packed $input -o packed.csv
expect_same packed.csv plain.csv

echo "- the same drop"
derrick init -q ws >/dev/null
cp packed/* ws/logs
derrick -C ws run $input
(cd ws/archive/*-run1 && sha256sum --quiet -c manifest.sha256)
derrick -C ws load "$PWD/drop" $input
derrick -C ws load "$PWD/packed" $input

echo "- from an archive that was compressed"
derrick init -q compressed >/dev/null
derrick -C compressed -q --set archive.compress=none run "$PWD/drop" $input 2>/dev/null
cp drop/* compressed/logs
derrick -C compressed -q --set archive.compress=zstd run $input
derrick init -q again >/dev/null
derrick -C again load "$PWD"/compressed/archive/*-run2 $input | sed 's/[-0-9]*-run/DATE-run/'
derrick -C again export -q -o again.csv
expect_same again.csv plain.csv

echo "- damaged"
for file in PS1.txt.gz TS1.txt.xz TS2.txt.bz2 CE.txt.zst; do
    cp "packed/$file" whole
    truncate -s -9 "packed/$file"
    expect_exit 3 derrick check packed $input
    size=$(stat -c %s whole)
    cp whole "packed/$file"
    printf '\377\377\377\377' | dd of="packed/$file" bs=1 seek=$((size / 2)) conv=notrunc status=none
    expect_exit 3 derrick check packed $input
    cp whole "packed/$file"
done

echo "- twice"
cp drop/PS1.txt packed
expect_exit 3 derrick check packed $input
rm packed/PS1.txt
echo "- in an archive"
tar --sort=name -cf packed.tar packed
expect_exit 3 derrick check packed.tar $input
