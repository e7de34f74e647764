# The runner itself, on its own cases: it must detect differences in output, line ends and exit
# code, and --refresh must write what happened.
. "$TESTS/cli/lib.sh"
mkdir -p tests/cli tree
cp "$TESTS/run" tests/run
touch tree/CMakeCache.txt
run() {
    local code=0
    echo "== $1"
    shift
    tests/run tree=cli "$@" >out.txt 2>&1 || code=$?
    sed -E 's/ [0-9.]+ s\b//' out.txt | cat -v
    [ "$code" -eq 0 ] || echo "exit code $code"
}
cases=$(echo same stdout ends exit pattern no_pattern killed late nothing skipped)
for case in $cases; do
    cat >"tests/cli/$case.sh" <<'END'
#TIMEOUT
printf 'caf\351 in %s\n' "$PWD"
printf 'warned\r\n' >&2
exit 3
END
    sed -i 's,^#TIMEOUT,# timeout: 1,' "tests/cli/$case.sh"
done
run "nothing is expected yet" -k same
run "written" --refresh
cat -v tests/cli/same.stdout tests/cli/same.stderr tests/cli/same.exit

cd tests/cli
sed -i 's/caf/kaf/' stdout.sh
sed -i 's/\\r//' ends.sh
sed -i 's/exit 3/exit 4/' exit.sh
printf 'war??d*\n' >pattern.stderr.glob
printf 'wor*\351\n' >no_pattern.stderr.glob
echo 'kill -SEGV $$' >killed.sh
sed -i 's/exit 3/sleep 60/; s/ in %s//' late.sh
: >nothing.sh
echo 'echo no such luck; exit 77' >skipped.sh
cd ../..
run "all that can differ"
run "written again" --refresh -k 'cli/(stdout|ends|exit|nothing|no_pattern|killed)'
run "and the same now" -k 'cli/(stdout|ends|exit|nothing|no_pattern|killed)'
ls tests/cli/nothing.* tests/cli/killed.*
run "no such case" -k none
