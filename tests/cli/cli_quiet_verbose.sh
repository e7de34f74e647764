# -q leaves results, warnings and errors; -v adds what else happens. Results go to stdout, all else to
# stderr.
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
    # Where the time goes differs, and so may the lines that tell it.
    steady <err.txt | grep -v ' ms\b\| s$' || true
    rm -r w
done
