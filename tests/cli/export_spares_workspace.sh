# An output replaces nothing that derrick needs in a workspace, however its path is written. csv/,
# aws_s3/ and all other places stay free.
. "$TESTS/cli/lib.sh"
new_workspace w 2
sample drop 2 2
cp drop/* w/logs
derrick -q -C w run >/dev/null 2>&1
mv w/archive/*-run1 w/archive/first
mkdir w/logs/next
cp drop/* w/logs/next
touch w/quarantine/run9.tsv
ln -s ../archive w/csv/linked
ln -s ../archive/first/PS1.txt w/csv/PS1.csv
everything() {
    (cd w && find . -type f ! -path './csv/*' ! -path './aws_s3/*' -exec sha256sum {} + | sort)
}
everything >before
refused() {
    local code=0
    "$@" >out 2>&1 || code=$?
    grep -q "error: can't write" out || code="$code, without a reason"
    echo "exit code $code: $(sed -n 's/.*error: //p' out | head -1)"
}
for target in archive/first/PS1.txt archive/first/manifest.sha256 archive/new.csv archive \
    csv/linked/first/PS1.txt csv/PS1.csv csv/../archive/first/PS2.txt csv/none/../../archive/x.csv \
    profile/profile.txt logs/next/PS1.txt logs/new.csv quarantine/run9.tsv .derrick-workspace \
    .derrick.lock energymobile.db-journal energymobile.db.lock energymobile.db-wal; do
    refused derrick -C w export -o "w/$target"
done
refused derrick convert drop -o w/archive/first/PS1.txt # without -C
refused derrick -C w export --format sensors -o w/archive/first
refused derrick -C w export --format parquet --split 70/15/15 -o w/profile
refused derrick -C w convert drop --format samples -o w/archive/first
refused derrick -C w report -o w/logs/next/PS1.txt
refused derrick -C w report -o w/archive
refused derrick sample w/archive/first
refused derrick sample w/profile
(cd w && refused derrick export -o archive/first/PS1.txt)
rm w/out
everything | cmp - before

# A database elsewhere has its journal beside it.
mkdir other
refused derrick -C w convert drop --set "database.url=sqlite:$PWD/other/data.db" -o other/data.db-journal

for target in csv/mine.csv aws_s3/mine.csv mine.csv archive.csv logs.csv; do
    show derrick -C w export -o "w/$target"
done
show derrick sample w/logs/more --readings 2 --cohorts 2
mkdir -p plain/archive
show derrick convert drop --cohorts 2 -o plain/archive/x.csv
