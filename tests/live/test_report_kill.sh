#!/usr/bin/env bash
# timeout: 600
# A run on a delivery that was refused before, and is corrected now, is killed by SIGKILL after each of its last
# changes of the disk. After the next run no report says that the delivery is refused.
. "$TESTS/cli/lib.sh"
needs cc
cc -O1 -D_GNU_SOURCE -o calls "$TESTS/live/crash/calls.c"
code=0
./calls -o journal "$DERRICK" init probe >out 2>&1 || code=$?
[ "$code" -ne 120 ] || skip "processes can't be traced here"
KILLS=40
export DERRICK_TEST_NOW="2008-10-01 02:31:00"

new_workspace whole 1
mkdir whole/logs/q2
sample whole/logs/q2 2 1
mv whole/logs/q2/PS1.txt .
expect_exit 3 derrick -C whole -q run >/dev/null 2>&1
grep -q ^REFUSED whole/logs/q2/DERRICK-REPORT.txt || fail "it was not refused"
mv PS1.txt whole/logs/q2

cp -r whole ws
./calls -o journal "$DERRICK" -C ws -q run >/dev/null 2>&1
grep -q ^ACCEPTED ws/logs/q2/DERRICK-REPORT.txt || fail "it was not accepted"
all=$(tail -n 1 journal | cut -d' ' -f1)
killed=0
for number in $(seq $((all - KILLS)) "$all"); do
    rm -rf ws && cp -r whole ws
    code=0
    ./calls -k "$number" "$DERRICK" -C ws -q run >/dev/null 2>&1 || code=$?
    [ "$code" -eq 137 ] || break
    killed=$((killed + 1))
    derrick -C ws -q run >out.txt 2>&1 || fail "after change $number: $(cat out.txt)"
    [ ! -e ws/logs/q2/PS1.txt ] || fail "after change $number, it is not archived"
    ! grep -qr -e ^REFUSED -e '^NOT LOADED' ws/logs || fail "after change $number, the report is out of date"
done
[ "$killed" -ge $((KILLS / 2)) ] || fail "it was killed only $killed times"
echo "killed after each of the last changes: no report is out of date"
