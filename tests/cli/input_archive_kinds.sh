# The same drop as a folder and as every kind of archive, whatever the archive's name: the output
# has the same bytes, and the ledger knows it as the same drop.
. "$TESTS/cli/lib.sh"
needs zip zstd gzip xz bzip2
new_traps
mkdir k deep
cp -r good deep/drop
zip -qr k/flat.zip good -j
zip -qr k/folder.zip good
zip -q0r k/stored.zip good
zip -qr k/deeper.zip deep
tar -cf k/drop.tar good
for format in v7 ustar gnu pax; do tar --format=$format -cf k/$format.tar good; done
tar -czf k/drop.tar.gz good
tar -czf k/drop.tgz good
tar --zstd -cf k/drop.tar.zst good
tar -cJf k/drop.tar.xz good
tar -cjf k/drop.tar.bz2 good
cp k/folder.zip k/renamed.tar
cp k/drop.tar.gz k/renamed.zip
cp k/drop.tar k/no-ending
tar -cf k/dots.tar -C good .
derrick -C ws load "$PWD/good"
for archive in k/*; do
    derrick convert "$archive" --cohorts 2 -o got.csv
    expect_same got.csv good.csv
    derrick -C ws load "$PWD/$archive"
done
sqlite3 ws/energymobile.db "SELECT COUNT(*) FROM drops; SELECT COUNT(*) FROM well_reading"
