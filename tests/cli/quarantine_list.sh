# The cells that --quarantine made missing: listed by cell, with a row of the wrong length once for each cohort; by
# rig and cohort; as JSON; counted in status, --check and --prometheus; gone with the cohort that they were of.
. "$TESTS/cli/lib.sh"
new_workspace ws 3
sample drop 9 3
sed -i -E '7s/^(([^\t]*\t){100})[^\t]*/\1n\/a/' drop/PS1.txt # the first sample of cohort 2
sed -i -E '7s/[^\t]*$/1,5/' drop/PS1.txt                     # the last one of cohort 3
sed -i -E '3s/[^\t]*$/bad/' drop/TS1.txt
sed -i -E '5s/\t[^\t]*$//' drop/TS2.txt # a short row
sed -i '6,7s/.*//' drop/SE.txt          # two blank ones
cd ws
echo "== nothing yet"
show derrick quarantine list
expect_exit 6 derrick -q load --quarantine --set input.quarantine_max=50% ../drop >/dev/null 2>&1
echo "== all"
show derrick quarantine list
echo "== some"
show derrick quarantine --rig texas-1 --cohort 2
show derrick quarantine list --rig texas-2
derrick quarantine list --cohort 3 --json | steady | grep -v notice
echo "== counted"
derrick status | grep quarantine
derrick status --json | steady | grep '"quarantine"'
derrick status --check | grep -o '[0-9]* cells are in quarantine' || true
derrick status --prometheus | grep '^derrick_quarantined_cells'
echo "== cohort 2 is replaced by a good one"
sample ../good 9 3
expect_exit 0 derrick -q load --replace --cohort 2 ../good >/dev/null 2>&1 || true
derrick quarantine list | cut -f 1-8
echo "== what another program wrote can't control a terminal, or break a row"
cp energymobile.db sound.db
sqlite3 energymobile.db "UPDATE quarantine SET cell_text = 'a' || char(27) || '[2J' || char(9) || 'b',
    reason = 'c' || char(10) || 'd'"
derrick quarantine list | cat -v
mv sound.db energymobile.db
echo "== what is not a list"
show derrick quarantine lst
show derrick quarantine list more
show derrick quarantine apply
show derrick quarantine apply none.tsv
show derrick quarantine apply none.tsv --rig texas-1
show derrick quarantine list --run 7
