# A bad drop stays in logs/ unchanged and produces nothing. Once it is fixed, it is processed.
. "$TESTS/cli/lib.sh"
new_traps
cp good/* ws/logs
put ws/logs/TS1.txt 2 2 1,5
before=$(cd ws && find . -type f -not -name 'energymobile.db*' -not -name 'DERRICK*' -exec sha256sum {} + | sort -k 2)
for command in check load run; do
    show derrick -C ws $command 2>&1 | grep -v 'no S3'
done
after=$(cd ws && find . -type f -not -name 'energymobile.db*' -not -name 'DERRICK*' -exec sha256sum {} + | sort -k 2)
diff <(echo "$before") <(echo "$after")
expect_nothing_loaded ws
cp good/TS1.txt ws/logs
derrick -C ws -q run | steady
ls ws/logs
expect_same ws/aws_s3/oil-well-data-all-historical.csv good.csv
