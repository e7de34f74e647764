# DERRICK-REPORT.txt says what became of the delivery in its folder, and nothing else: a run that finds no delivery
# there leaves it, what leaves the folder takes it along, and it names each archive that waits.
. "$TESTS/cli/lib.sh"
needs zip
export DERRICK_TEST_NOW="2009-07-01 02:31:00"
for quarter in 1 2 3; do
    sample d$quarter 2 1 $quarter
done
verdicts() {
    find w/logs -name 'DERRICK-REPORT.txt' | sort | while read -r file; do
        echo "${file#w/}: $(sed -n 3p "$file")"
    done
}
deliver() { # QUARTER FOLDER
    mkdir -p "w/logs/$2"
    cp d"$1"/* "w/logs/$2"
}

echo "- the same command again, while another delivery waits"
new_workspace w 1
deliver 1 .
derrick -C w -q run >/dev/null
deliver 2 q2
deliver 3 q3
rm w/logs/q2/PS1.txt
expect_exit 3 derrick -C w -q run >/dev/null 2>&1
verdicts
derrick -C w -q run logs/q3 --cohort 3 --gap >/dev/null
verdicts >before.txt
cat before.txt
expect_exit 3 derrick -C w -q run logs/q3 --cohort 3 --gap 2>/dev/null
verdicts | diff before.txt -
echo "- when the database is down"
expect_exit 4 derrick -C w -q run logs/q3 --db mysql://127.0.0.1:9/energymobile 2>/dev/null
verdicts | diff before.txt -
echo "- and with a name that does not exist"
expect_exit 2 derrick -C w -q run logs/q4 2>/dev/null
verdicts | diff before.txt -

echo "- what was refused, and is loaded and archived by other commands, is not refused any longer"
cp d2/PS1.txt w/logs/q2
(cd w && derrick -q load logs/q2 --cohort 2 >/dev/null && derrick -q archive >/dev/null)
verdicts
echo "- a folder in its place stays"
deliver 1 q5
sed -i '1s/^[^\t]*/41/' w/logs/q5/TS1.txt
mkdir w/logs/q5/DERRICK-REPORT.txt
(cd w && derrick -q load logs/q5 --cohort 4 && derrick -q archive) >/dev/null 2>&1
ls w/logs/q5

echo "- archives that wait for one in the same folder"
rm -r w
new_workspace w 1
rm d1/PS1.txt
for quarter in 1 2 3; do
    (cd d$quarter && zip -q ../w/logs/q$quarter.zip -- *)
done
expect_exit 3 derrick -C w -q run >/dev/null 2>&1
sed -n '3,$p' w/logs/DERRICK-REPORT.txt
echo "- the folder is named, not one of its archives"
mkdir w/logs/q
mv w/logs/*.zip w/logs/q
show derrick -C w -q run logs/q
rm -r w/logs/q w/logs/DERRICK-REPORT.txt
echo "- what can't be read, in a folder below: the report is where its sender finds it"
deliver 2 q2/data
expect_exit 3 derrick -C w -q run 2>/dev/null
verdicts
echo "- a hidden folder is not one"
deliver 2 .versions
expect_exit 3 derrick -C w -q run 2>/dev/null
verdicts
rm -r w/logs/.versions
deliver 3 q3/data
expect_exit 3 derrick -C w -q run 2>/dev/null
verdicts
echo "- nothing that only operators can act on"
rm -r w/logs/*
deliver 2 .
expect_exit 4 derrick -C w -q run --db mysql://127.0.0.1:9/energymobile 2>/dev/null
sed -n '3,$p' w/logs/DERRICK-REPORT.txt
rm -f w/profile/profile.txt w/logs/profile.txt
expect_exit 3 derrick -C w -q run 2>/dev/null
grep beside w/logs/DERRICK-REPORT.txt
! grep -n 'profile/' w/logs/DERRICK-REPORT.txt || fail "profile/ is not on the share"
cp -r w copy
cp d2/profile.txt copy/logs
derrick -C copy -q run 2>&1 >/dev/null | grep -c .derrick-workspace
sed -n '3,$p' copy/logs/DERRICK-REPORT.txt | grep -v archive/
