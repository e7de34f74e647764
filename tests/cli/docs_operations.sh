# Every command in docs/operations.md works, in its order, on a workspace with three cohorts. What is lost
# and restored on the way is the same at the end.
. "$TESTS/cli/lib.sh"
needs sqlite3 python3
mkdir -p srv mnt/backup
new_workspace srv/rig 1
for cohort in 1 2 3; do
    sample srv/rig/logs 3 1 "$cohort"
    derrick -C srv/rig -q run >/dev/null 2>&1
    [ "$cohort" -ne 2 ] || cp srv/rig/energymobile.db older.db
done
cp srv/rig/aws_s3/oil-well-data-all-historical.csv expected.csv
python3 - "$TESTS/../docs/operations.md" "$PWD" >steps.sh <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
assert len(blocks) >= 10, len(blocks)
for number, block in enumerate(blocks):
    print(f"echo '- block {number + 1}'")
    print(re.sub(r"(?<![\w.])/(srv|mnt)/", lambda m: f"{sys.argv[2]}/{m[1]}/", block))
    if "sha256sum" in block:  # an older backup of the database, for the chapter on disagreement
        print(f"cp {sys.argv[2]}/mnt/backup/rig/energymobile.db {sys.argv[2]}/newest.db")
    if "/srv/rig.lost\n" in block:
        print(f"cp {sys.argv[2]}/older.db {sys.argv[2]}/mnt/backup/rig/energymobile.db")
END
{
    echo 'set -eu; derrick() { "$DERRICK" "$@"; }'
    cat steps.sh
} >all.sh
bash all.sh >out.txt 2>&1 || { cat out.txt; fail "a step failed"; }
grep -c '^- block' out.txt | xargs test 10 -le
grep -h 'does not know what was loaded\|^rebuilt:\|no problems found\|^ok$' out.txt | steady
expect_same srv/rig/aws_s3/oil-well-data-all-historical.csv expected.csv
