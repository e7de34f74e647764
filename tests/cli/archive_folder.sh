# What a run leaves in the archive: the name of the folder, all inputs, and a manifest that
# sha256sum checks. logs/ is empty, and the export stays in place.
. "$TESTS/cli/lib.sh"
new_workspace . 2
sample logs 3 2
mkdir before
cp logs/* before
day=$(date -u +%F)
show derrick run | steady
folder=archive/$day-run1
[ -d "$folder" ] || folder=archive/$(date -u +%F)-run1 # midnight
ls archive | sed "s/${folder#archive/}/FOLDER/"
ls logs | wc -l
for file in before/*.txt; do
    cmp "$file" "$folder/$(basename "$file")"
done
cmp aws_s3/oil-well-data-all-historical.csv "$folder/oil-well-data-all-historical.csv"
cmp before/profile.txt profile/profile.txt
(cd "$folder" && sha256sum -c manifest.sha256)
# The manifest lists every file of the folder, and no other.
diff <(cut -c67- "$folder/manifest.sha256") <(ls "$folder" | grep -v manifest)

show derrick archive
show derrick run
ls archive | wc -l
echo damaged >>"$folder/TS1.txt"
(cd "$folder" && sha256sum -c --quiet manifest.sha256 2>/dev/null) || echo "the damage shows"
