# status does not promise that 'derrick run' loads what the last run refused: files whose cells are
# bad, and files that contradict what is loaded. A run that loads the drop ends that.
. "$TESTS/cli/lib.sh"
new_workspace w 1
sample w/logs 2 1
cd w

waiting() {
    derrick status | grep '^waiting' || echo "nothing waits"
    derrick status --json | grep "\"waiting\"" | steady || true
}
echo "- before the first run"
waiting
sed -i '2s/^/x/' logs/TS1.txt
expect_exit 3 derrick run 2>/dev/null
echo "- after a refusal"
waiting
expect_exit 1 derrick export -q 2>/dev/null
echo "- a command that reads no drop changes nothing"
waiting
sed -i '2s/^x//' logs/TS1.txt
cp -r logs ../good
expect_exit 2 derrick run nowhere 2>/dev/null
echo "- after a run that failed before it read a drop"
waiting
derrick run -q >/dev/null
echo "- after a run that loaded it"
waiting
cp ../good/* logs
sed -i 's/^./3/' logs/TS1.txt
expect_exit 3 derrick run 2>/dev/null
echo "- after a run that found other values loaded"
waiting
echo "- the command that it names, where 'derrick check' finds nothing wrong"
derrick check -q >/dev/null
derrick status --runs 1 | grep -o 'failed: .* is already loaded with different values'
