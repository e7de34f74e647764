# The command that `status` names for samples that are missing works when it is copied: the path is quoted for a
# shell, and settings that were others at the load are named.
. "$TESTS/cli/lib.sh"
needs sqlite3
# follow_status: runs each command that status names, and prints what is loaded, and for which rigs there are samples.
follow_status() {
    local command
    sed -i 's/^samples = .*/samples = parquet/' w/derrick.ini
    derrick -C w status | grep "^no samples" | steady
    derrick -C w status | sed -n "s/^no samples.*: 'derrick \(run .*\)' makes them/\1/p" | while read -r command; do
        eval "derrick -q -C w $command" >/dev/null 2>&1 || echo "failed: $command"
    done
    sqlite3 -separator ' ' w/energymobile.db \
        "SELECT rig_name, cohort, drop_id FROM cohorts JOIN wells USING (well_id) ORDER BY 1, 2"
    ls w/aws_s3/samples_1hz
}
new_workspace w 2
sample "a drop with 'quotes' and \$HOME" 3 2
derrick -q -C w load "$PWD/a drop with 'quotes' and \$HOME" --sample last
sed -i 's/^samples = .*/samples = parquet/; s/^cohorts = .*/cohorts = 5/' w/derrick.ini
derrick -C w status | grep "^no samples"
command=$(derrick -C w status | sed -n "s/^no samples.*: 'derrick \(run .*\)' makes them/\1/p")
eval "derrick -q -C w $command" >/dev/null 2>&1
find w/aws_s3 -name 'part-*' | sort
derrick -C w status | grep -c "^no samples" || true
echo "- an unload that is done: a dry run says so"
derrick -q -C w unload --cohort 2 --yes >/dev/null 2>&1
show derrick -C w unload --cohort 2 --dry-run
echo "- of a fleet: the archived drop is of the site that it was loaded for, whatever rig.site is now"
rm -r w
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
sample w/logs/alpha 3 2 1
sample w/logs/beta 3 2 2
truncate -s -1 w/logs/beta/TS1.txt
derrick -q -C w run --open-end allow >/dev/null 2>&1
follow_status
echo "- unless the command line sets it; a rebuild puts that drop where it was, too"
derrick -q -C w run "$(cd w && echo archive/*-run1)" --set rig.site=gamma --cohort 1 >/dev/null 2>&1
rm w/energymobile.db
derrick -C w init --rebuild 2>&1 | grep rebuilt
sqlite3 w/energymobile.db "SELECT rig_name FROM cohorts JOIN wells USING (well_id) ORDER BY 1" | paste -sd ' '
echo "- of another rig"
rm -r w
new_workspace w 2
sample w/logs 3 2
derrick -q -C w run --set rig.site=ohio --set rig.well=3 >/dev/null 2>&1
follow_status
