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
