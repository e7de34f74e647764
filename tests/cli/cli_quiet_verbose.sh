# -q leaves results, warnings and errors; -v adds more detail. Results go to stdout, everything else
# to stderr.
. "$TESTS/cli/lib.sh"
for options in "" -q -v "-q -v"; do
    echo "== derrick run $options"
    new_workspace w 1
    sample w/logs 2 1
    touch w/logs/Thumbs.db w/logs/description.txt
    sed -i '2s/^[^\t]*/x/; s/$/\r/' w/logs/TS1.txt
    # shellcheck disable=SC2086 # a list of options
    derrick -C w $options run --quarantine >out.txt 2>err.txt || echo "exit code $?"
    steady <out.txt
    echo "-- stderr"
    # Timings differ from run to run, and so may the lines that report them.
    steady <err.txt | grep -v ' ms\b\| s$' || true
    rm -r w
done
