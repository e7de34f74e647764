# Every form of a decimal is written in canonical form, by convert and through the database. Numbers
# out of bounds are refused, not rounded.
. "$TESTS/cli/lib.sh"
new_traps
spoil "forms" true
good_forms="-0.0 -0 +0 0e99999999999 +1. 1. .5 -.5 +.5 9.80 007 -007.10 1e3 1.e3 1.5e3 .5e1 1E-3 15e-1 1e+00
    0.000000000001 1e-12 0.123456789012 123456789012345 -123456789012345 1234567890123.45 12345678901234.50
    0.00000000000010e1 000000000000000000001 1.000000000000000000000 1e14 1e17 100000000000000000
    99999e12 -99999e12"
count=0
rm drop/*.txt
for form in $good_forms; do
    echo "$form" >>drop/TS1.txt
    count=$((count + 1))
done
for name in PS1 PS2 PS3 PS4 PS5 PS6 EPS1 FS1 FS2 TS2 TS3 TS4 VS1 CE CP SE; do
    seq "$count" >"drop/$name.txt"
done
seq "$count" | sed 's/.*/3\t100\t0\t130\t1/' >drop/profile.txt
options="--columns samples --alignment column --allow-out-of-range -q"
derrick convert drop $options -o converted.csv >/dev/null 2>&1
derrick -C ws load "$PWD/drop" $options 2>/dev/null
derrick -C ws export -o "$PWD/exported.csv" >/dev/null
expect_same exported.csv converted.csv
tail -n +2 converted.csv | cut -d, -f24 | paste drop/TS1.txt -

echo "- out of bounds"
for form in 1234567890123456 12345678901234567890 0.1000000000000001 123456789012.3456 0.1234567890123 1e-13 \
    1.5e-12 0.0000000000001 123e-14 1e18 1000000000000000000 1e99999999999 1e-99999999999 999999e17; do
    sed -i "1s/.*/$form/" drop/TS1.txt
    expect_exit 3 derrick check drop $options 2>&1 | head -n 2
done
