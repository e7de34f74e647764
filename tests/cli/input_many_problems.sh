# The first twenty problems, in the order of files, rows and columns, and the total; the same for
# any number of processors.
. "$TESTS/cli/lib.sh"
needs taskset
new_traps
spoil "all cells of two files" "sed -i 's/[0-9][^\t]*/x/g; 1s/^x/1/' SE.txt PS1.txt"
expect_exit 3 derrick check drop --cohorts 2 >all.txt 2>&1
cat all.txt
for i in 1 2 3; do
    expect_exit 3 taskset -c 0 "$DERRICK" check drop --cohorts 2 >again.txt 2>&1
    expect_same all.txt again.txt
done
derrick -C ws load "$PWD/drop" --quarantine --set input.quarantine_max=100% --allow-out-of-range >/dev/null 2>&1 || true
wc -l <ws/quarantine/run1.tsv
tail -n +2 ws/quarantine/run1.tsv | sort -s -t'	' -k1,1r -k2,2n -k3,3n | cmp - <(tail -n +2 ws/quarantine/run1.tsv | sort -s -t'	' -k1,1r)
