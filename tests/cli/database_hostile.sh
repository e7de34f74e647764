# Somebody who may write to the database puts paths into the ledger that lead elsewhere. Each command
# that would use one stops with exit code 4 and names table, row and column; nothing outside of the
# workspace is read, moved, written or removed, and nothing inside either.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace made 2
sample made/logs 3 2
derrick -C made -q run >/dev/null
sample made/logs 3 1 2
derrick -C made -q load --columns samples --cohort 3 >/dev/null
mkdir elsewhere
echo secret >elsewhere/outside.txt
echo theirs >pwn.csv
list() {
    find ws elsewhere pwn.csv -type f ! -name '*.db*' ! -name '.derrick*' ! -name 'DERRICK*' -exec sha256sum {} + | sort
}
try() { # "TABLE SET ...": the database is changed, and each command has its try
    local code words command
    rm -rf ws
    cp -rp made ws
    sqlite3 ws/energymobile.db "UPDATE $1"
    list >before
    shift
    for command in "$@"; do
        code=0
        derrick -C ws $command >/dev/null 2>said || code=$?
        words=$(grep -o "table .*" said | head -n 1)
        echo "$command: exit code $code, $words"
        list | cmp - before
    done
    grep hint: said | head -n 1
}
export AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret
s3="--set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:1"
try "drops SET archive_folder = '$PWD/elsewhere/x' WHERE drop_id = 2" archive run status |
    sed "s|$PWD|HERE|"
try "drops SET archive_folder = '../elsewhere' WHERE drop_id = 1" "$s3 run" "init --rebuild"
try "files SET path = '../elsewhere/outside.txt' WHERE drop_id = 2" archive run status
try "files SET path = 'logs/../../elsewhere/outside.txt', hash = '$(sha256sum elsewhere/outside.txt |
    head -c 64)' WHERE drop_id = 2" archive status
try "files SET stored_name = '../../pwn.csv' WHERE drop_id = 2" archive
try "files SET name = '..' WHERE drop_id = 2" archive
try "publications SET target = '../pwn.csv' WHERE target LIKE '%.csv'" export run status "$s3 upload"
try "publications SET target = '../pwn.csv', layout = 'parquet'" run export
