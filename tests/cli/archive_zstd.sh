# With compression, the archive holds the same contents. The manifest has the hashes of the stored
# files, and contents.sha256 those of the contents. A compressed folder is still a drop.
. "$TESTS/cli/lib.sh"
needs zstd
new_workspace . 2
sed -i 's/^compress = .*/compress = zstd/' derrick.ini
sample logs 3 2
mkdir before
cp logs/* before
show derrick run | steady
ls logs | wc -l
cd archive/*-run1
ls
sha256sum --quiet -c manifest.sha256
diff <(cut -c67- manifest.sha256) <(ls | grep -v sha256)
for file in *.zst; do
    zstd -qt "$file"
    zstd -qdc "$file" >"../../${file%.zst}"
done
cd ../..
sha256sum --quiet -c archive/*-run1/contents.sha256
for file in before/*; do
    cmp "$file" "$(basename "$file")"
done
cmp oil-well-data-all-historical.csv aws_s3/oil-well-data-all-historical.csv
derrick -q convert archive/*-run1 -o - | cmp - aws_s3/oil-well-data-all-historical.csv
derrick load archive/*-run1 2>/dev/null | steady
show derrick --set archive.compress=gzip archive
