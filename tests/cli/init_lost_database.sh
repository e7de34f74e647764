# If the database is gone, empty or an older copy, while the workspace shows that more was loaded,
# every command that uses it fails: nothing starts from an empty database by accident.
. "$TESTS/cli/lib.sh"
commands() { # OPTION...: every command that uses the database, by its exit code
    local command code
    for command in run load watch export archive upload status init "upload file.csv" "export -o x.csv" \
        "init --adopt"; do
        code=0
        derrick $command "$@" >out.txt 2>&1 || code=$?
        echo "$command: exit code $code"
        grep -q 'but this workspace has loaded data: ' out.txt || cat out.txt
    done
    ls csv
}
new_workspace . 3
# A first run that fails leaves no such sign, so its database may be removed.
sample logs 4 3
echo x >logs/PS1.txt
expect_exit 3 derrick run >/dev/null 2>&1
rm energymobile.db
rm -r logs
sample logs 4 3
derrick run -q >/dev/null
cp aws_s3/oil-well-data-all-historical.csv before.csv
mv energymobile.db kept.db

echo "- a database that is gone"
show derrick status | steady
commands
echo "- a name that is wrong"
mv kept.db energymobile.db
show derrick run --db sqlite:typo.db | steady
commands --db sqlite:typo.db
ls ./*.db
echo "- a database without a cohort"
mv energymobile.db kept.db
(mkdir other && cd other && derrick init -q >/dev/null)
cp other/energymobile.db .
show derrick run | steady
commands
echo "- an empty file"
: >energymobile.db
commands
ls -s energymobile.db | cut -d' ' -f1
echo "- where only the export is left"
mv archive aside
show derrick run | steady
mv aside archive
echo "- and where only the archive is"
mv aws_s3 aside
show derrick run | steady
mv aside aws_s3
mv kept.db energymobile.db

echo "- the old scripts' CSV is not an export of this workspace"
mkdir -p old/aws_s3
echo 'a,b' >old/aws_s3/oil-well-data-all-historical.csv
show derrick init old | steady

cmp before.csv aws_s3/oil-well-data-all-historical.csv
show derrick run
