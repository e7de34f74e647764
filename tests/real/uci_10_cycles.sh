#!/usr/bin/env bash
# Ten real cycles at full width, all 17 sensors: convert, load and export give the same bytes.
. "$TESTS/cli/lib.sh"
[ -d "${DERRICK_TEST_REAL_DATA:-}/uci-10-cycles" ] || skip "no real data: set DERRICK_REAL_DATA"
drop=$DERRICK_TEST_REAL_DATA/uci-10-cycles

# Every real value is plausible with every sample rule; another sensor's values are not.
for rule in first mean min max last; do
    derrick check "$drop" --sample $rule >/dev/null 2>warned
    [ ! -s warned ] || fail "$rule: a warning over real data: $(cat warned)"
done
cp -r "$drop" swapped
chmod -R u+w swapped
mv swapped/PS1.txt x && mv swapped/EPS1.txt swapped/PS1.txt && mv x swapped/EPS1.txt
expect_exit 3 derrick check swapped >/dev/null 2>report
grep -q "'PS1.txt': 600 of 600 values .* looks like the values of EPS1" report || fail "swapped files: $(cat report)"

derrick convert "$drop" --format historical -o - >convert.csv
[ "$(wc -l <convert.csv)" -eq 601 ] || fail "$(wc -l <convert.csv) lines instead of 601"
head -2 convert.csv | tail -1 >first
grep -q '^texas-1,1,2008-03-26 00:00:00,0,.*,151\.54,' first || fail "first reading: $(cat first)"

# Every value, against the files themselves: reading r of cohort c is column (c-1)*k+1 of row r.
cat >expected.awk <<'AWK'
BEGIN { FS = "\t" }
{
    k = NF / 60
    for (c = 1; c <= 60; c++) {
        v = $((c - 1) * k + 1)
        sub(/\r$/, "", v)
        print c, FNR, v
    }
}
AWK
column=15
for sensor in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE; do
    awk -f expected.awk "$drop/$sensor.txt" | sort -n -k1,1 -k2,2 | cut -d' ' -f3 >expected
    tail -n +2 convert.csv | cut -d, -f"$column" >got
    cmp expected got || fail "$sensor differs from its file"
    column=$((column + 1))
done

derrick init ws >/dev/null
derrick -C ws load "$drop" >/dev/null
derrick -C ws export -o - >export.csv
expect_same convert.csv export.csv
for layout in template sensors "sagemaker --label valve"; do
    rm -rf a b
    # shellcheck disable=SC2086 # a layout may bring an option
    derrick convert "$drop" --format $layout -o a >/dev/null
    # shellcheck disable=SC2086
    derrick -C ws export --format $layout -o "$PWD/b" >/dev/null
    diff -r a b >/dev/null || fail "$layout: convert and export differ"
done
for rule in mean min max last; do
    derrick convert "$drop" --sample $rule -o $rule.csv >/dev/null
    derrick init ws-$rule >/dev/null
    derrick -C ws-$rule load "$drop" --sample $rule >/dev/null
    derrick -C ws-$rule export -o - | cmp - $rule.csv || fail "$rule: convert and export differ"
done
