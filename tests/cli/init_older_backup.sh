# A restored backup that is older than the archive: derrick names the loads that it does not know
# before it exports anything. Other files in archive/ do not matter.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
sample logs 3 2
derrick run -q >/dev/null
cp energymobile.db backup.db
for seed in 2 3 4 5 6; do
    sample logs 3 2 $seed
    derrick run -q --replace >/dev/null
    cp aws_s3/oil-well-data-all-historical.csv newest.csv
done
cp energymobile.db newest.db
mkdir archive/notes archive/2001-01-01-run1 archive/2026-11-29-run5-copy
touch archive/notes/manifest.sha256 archive/2026-11-29-run5-copy/manifest.sha256
show derrick run

cp backup.db energymobile.db
for command in run status init export upload; do
    show derrick $command | steady
done
cmp newest.csv aws_s3/oil-well-data-all-historical.csv

# The database of another workspace, named by mistake.
new_workspace other 2
sample other/logs 3 2 9
derrick -C other run -q >/dev/null
sqlite3 other/energymobile.db "UPDATE drops SET archive_folder = 'archive/2001-01-01-run1'"
show derrick run --db sqlite:other/energymobile.db | steady
cp newest.db energymobile.db
show derrick run

# A backup from before a correction: derrick names the list that it does not know.
new_workspace corrected 2
sample corrected/logs 3 2
put corrected/logs/TS1.txt 2 1 x
put corrected/logs/TS1.txt 3 2 x
expect_exit 6 derrick -C corrected run -q --quarantine >/dev/null 2>&1
correct() { # LINE VALUE: of the list of open cells
    derrick -C corrected quarantine list | awk -F '\t' -v OFS='\t' "NR == $1 { \$11 = $2 } { print }" >fixed.tsv
    derrick -C corrected -q quarantine apply fixed.tsv >/dev/null 2>&1
}
cp corrected/energymobile.db none.db
correct 2 40.5
cp corrected/energymobile.db one.db
correct 2 41.5
derrick -C corrected run -q >/dev/null 2>&1
cp corrected/energymobile.db both.db
cp corrected/aws_s3/oil-well-data-all-historical.csv newest.csv
for backup in none one; do
    cp $backup.db corrected/energymobile.db
    for command in run status doctor "check --database" "quarantine list" init; do
        show derrick -C corrected $command | grep -A1 -E "know values|exit" | steady
    done
    derrick -C corrected -q init --rebuild >/dev/null 2>&1
    show derrick -C corrected -q run
    cmp newest.csv corrected/aws_s3/oil-well-data-all-historical.csv
    cp both.db corrected/energymobile.db
    show derrick -C corrected -q run
done
# Known: a value that was corrected again later. Not expected: one for a cohort that another drop replaced.
sed -i 's/41\.5$/7/' fixed.tsv
derrick -C corrected -q quarantine apply fixed.tsv >/dev/null 2>&1
cp corrected/energymobile.db later.db
folder=$(echo corrected/archive/*-run1)
cp "$folder/corrections.tsv" later.tsv
sed 's/\t7$/\t41.5/' later.tsv >"$folder/corrections.tsv"
show derrick -C corrected -q run
# Another value than the ledger ever knew.
sed 's/\t7$/\t8/' later.tsv >"$folder/corrections.tsv"
show expect_exit 4 derrick -C corrected -q run | steady
cp later.tsv "$folder/corrections.tsv"
sample corrected/logs 3 2 9
derrick -C corrected -q run --replace >/dev/null 2>&1
show derrick -C corrected -q run
rm corrected/energymobile.db
derrick -C corrected -q init --rebuild >/dev/null 2>&1
show derrick -C corrected -q run
