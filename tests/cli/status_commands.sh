# The command that `status` names for samples that are missing works when it is copied: the path is quoted for a
# shell, and settings that were others at the load are named.
. "$TESTS/cli/lib.sh"
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
