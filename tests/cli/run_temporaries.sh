# A run clears away the temporary files of processes that were killed, wherever in the workspace they
# lie, but not one that a living process writes: convert and export need no lock.
. "$TESTS/cli/lib.sh"
new_workspace . 1
mkdir -p archive/first aws_s3/cohort=01
gone=4194305 # one more than Linux gives a process
for folder in logs profile csv aws_s3 archive quarantine archive/first aws_s3/cohort=01; do
    echo half >"$folder/.oil-well.csv.$gone.0.tmp"
    echo half >"$folder/.oil-well.csv.$$.1.tmp"
done
echo a name that is not ours >csv/.oil-well.csv.tmp
derrick archive
find . -name '.*.tmp' | sed "s/$$/PID/" | sort
