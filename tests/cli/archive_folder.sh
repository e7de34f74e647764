# What a run leaves in the archive: the folder's name, all that went in, and a manifest that
# sha256sum checks; logs/ is empty, and the export stays where it was.
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
# Each file of the folder is in it, and each of it in the folder.
diff <(cut -c67- "$folder/manifest.sha256") <(ls "$folder" | grep -v manifest)

show derrick archive
show derrick run
ls archive | wc -l
echo damaged >>"$folder/TS1.txt"
(cd "$folder" && sha256sum -c --quiet manifest.sha256 2>/dev/null) || echo "the damage shows"
