# status --check: one line and exit code 7 for each thing that somebody has to see to; the metrics say
# the same.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 2
sample drop 24 2
sample next 24 1 2
cd w
export DERRICK_TEST_NOW="2008-10-10 12:00:00"
metric() { derrick status --prometheus | grep -E "^derrick_($1)[{ ]"; }
echo "- all is well: cohort 3 ends later"
derrick -q run ../drop >/dev/null 2>&1
show derrick status --check
metric 'problems|readings|newest_cohort|last_run_failed|export_current|next_cohort_end_timestamp_seconds'
equals "$(date -ud 2008-12-27 +%s)" "$(metric next_cohort_end_timestamp_seconds | sed 's/.* //')"
echo "- late by more than 14 days, by --late, by status.late"
late() { DERRICK_TEST_NOW="$1" show derrick status --check "${@:2}"; }
late "2009-01-10 00:00:00"
late "2009-01-11 00:00:00"
late "2009-01-11 00:00:00" --late 15
late "2009-01-11 00:00:00" --set status.late=15
late "2008-12-28 00:00:00" --late 0
echo "- a run that failed"
sed '2s/^[^\t]*/x/' ../drop/TS1.txt >TS1.txt
cp ../drop/* logs
mv TS1.txt logs
derrick -q run >/dev/null 2>&1 || true
show derrick status --check
metric 'problems|last_run_failed|last_run_exit_code|waiting_files'
rm logs/*
derrick -q run >/dev/null 2>&1
show derrick status --check
echo "- a failed run of another workspace that shares the database"
derrick init -q ../other --db "sqlite:$PWD/energymobile.db" >/dev/null
derrick -q -C ../other load ../none >/dev/null 2>&1 || true
show derrick -C ../other status --check
show derrick status --check
echo "- files that can't be read"
touch "logs/PS1.txt.part"
show derrick status --check
rm logs/PS1.txt.part
echo "- a gap, cells in quarantine, no export since"
sed -i '2s/^[^\t]*/x/' ../next/TS1.txt
derrick -q load ../next --columns samples --cohort 4 --gap --future --quarantine >/dev/null 2>&1 || equals 6 $?
show derrick status --check
metric 'problems|missing_cohorts|quarantined_cells|export_current'
show derrick status --check --json | steady
show derrick status --prometheus --json | steady
echo "- the format of the metrics"
derrick status --prometheus >metrics
grep -vE '^(# (HELP|TYPE) derrick_[a-z_]+ .+|derrick_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9]+)$' metrics || true
if command -v promtool >/dev/null; then
    promtool check metrics <metrics
fi

echo "- a share that is not there"
mv logs elsewhere
show derrick status --check
mkdir elsewhere/x && mv elsewhere logs && rmdir logs/x
