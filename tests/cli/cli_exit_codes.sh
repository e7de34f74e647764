# The exit codes that the README promises, one way to reach each.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
sample drop 2 1
cp -r drop bad
sed -i '2s/^[^\t]*/x/' bad/TS1.txt
cp -r drop less
rm less/TS1.txt
exits() { # CODE WHAT COMMAND...
    local expected=$1 what=$2 code=0
    shift 2
    "$DERRICK" "$@" >out.txt 2>&1 || code=$?
    if [ "$code" -eq "$expected" ]; then
        echo "$code $what"
    else
        cat out.txt
        fail "$what: $code, not $expected"
    fi
}
exits 0 'nothing to do' run
exits 0 'done' check drop
exits 0 'allowed to be missing' check less --allow-missing
exits 2 'no such drop' check none
exits 1 'a folder that is not there' convert drop -o none/out.csv
exits 1 'nothing to export yet' export
exits 2 'unknown command' frobnicate
exits 2 'unknown option' run --frobnicate
exits 2 'wrong value' check drop --cohorts none
exits 2 'wrong configuration' check drop --config drop/PS1.txt
exits 3 'bad data' check bad
exits 3 'a sensor that is missing' load less
exits 0 'loaded' load drop
exits 3 'in contradiction' load drop --sample mean
exits 2 'nothing matches' export --cohort 9 -o out.csv
exits 4 'no database' status --db sqlite:none/none.db
exits 4 'no server' status --db mysql://127.0.0.1:1/energymobile
exits 4 'no database file' load drop --db sqlite:drop/PS1.txt
exits 5 'no S3' upload --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:1 --set s3.region=here
exits 6 'cells in quarantine' check bad --quarantine
exits 6 'loaded, cells in quarantine' load bad --quarantine --columns samples --cohort 1 --replace
exits 0 'loaded again, to be replaced' load drop --columns samples --cohort 1 --replace
sqlite3 energymobile.db 'SELECT command, state, exit_code FROM runs'
