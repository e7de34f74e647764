# Other contents for a loaded cohort, or the same contents with other settings: refused, with the
# difference in the message, and nothing changes.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
sample drop 3 2
derrick load drop >/dev/null
sqlite3 energymobile.db .dump | grep -v 'INTO "\?\(runs\|run_problems\|workspaces\)\b' >before.txt
# change FILE SED-SCRIPT: the drop with one file changed, in changed/
change() {
    rm -rf changed
    cp -r drop changed
    sed -i "$2" "changed/$1"
    echo "== $1 $2"
    show derrick load changed
}
change PS1.txt '2s/^[^\t]*/1.5/'
change SE.txt '3s/[^\t]*$/7/'
change TS1.txt '3d'
change VS1.txt '1s/^[^\t]*//' | head -n 3
change profile.txt '2s/.*/20\t73\t2\t90\t1/'
change profile.txt '$d'
cp -r drop longer
for file in longer/*.txt; do
    tail -n 1 "$file" >>"$file"
done
show derrick load longer
cp -r drop absent
rm absent/CP.txt
show derrick load absent --allow-missing

# Only the second of two cohorts differs: the whole drop is refused.
cp -r drop second
sed -i '1s/[^\t]*$/5/' second/TS4.txt
show derrick load second

for option in --sample=mean --alignment=column --set=calendar.start=2009-01-01 --set=calendar.cohort_days=31 \
    --set=calendar.interval_minutes=30 --columns=wells; do
    show derrick load drop "$option"
done
show derrick load drop --sample mean --alignment column
sqlite3 energymobile.db .dump | grep -v 'INTO "\?\(runs\|run_problems\|workspaces\)\b' | cmp - before.txt
# A run exports what is loaded, and no more.
show derrick run drop --sample mean
