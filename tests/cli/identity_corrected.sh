# A quarter that is delivered again in a corrected form, under another number, or with fewer or more
# files is recognised by its values, whatever `columns` is. Nothing is added, and nothing is
# replaced without a request.
. "$TESTS/cli/lib.sh"
needs sqlite3
rows() {
    sqlite3 $ws/energymobile.db 'SELECT cohort, count(*), round(sum(PS1), 3), count(CP) FROM well_reading
        GROUP BY cohort'
}
for columns in samples wells; do
    echo "== columns = $columns"
    ws=ws-$columns
    new_workspace $ws 2
    sed -i "s/^columns = .*/columns = $columns/" $ws/derrick.ini
    for quarter in 1 2 3; do
        sample $quarter 20 2 $quarter
        show derrick -C $ws load "$PWD/$quarter"
    done
    # One value is corrected. The drop names no cohort, the right one, another one, and a new one.
    cp -r 2 corrected
    sed -i '7s/^[^\t]*/150.5/' corrected/PS1.txt
    show derrick -C $ws load "$PWD/corrected"
    show derrick -C $ws load "$PWD/corrected" --replace
    show derrick -C $ws load "$PWD/corrected" --cohort 2
    show derrick -C $ws load "$PWD/corrected" --cohort 3
    show derrick -C $ws load "$PWD/corrected" --cohort 3 --replace
    rows
    show derrick -C $ws load "$PWD/corrected" --cohort 2 --replace
    rows
    show derrick -C $ws load "$PWD/corrected"
    # The identical quarter under another number.
    for cohort in 1 4; do
        show derrick -C $ws load "$PWD/3" --cohort $cohort
        sed -i 's/$/\r/' 3/TS1.txt
        show derrick -C $ws load "$PWD/3" --cohort $cohort --replace
        sed -i 's/\r$//' 3/TS1.txt
    done
    # One file fewer, and the complete form of what was truncated.
    cp -r 1 less
    rm less/CP.txt
    show derrick -C $ws load "$PWD/less" --allow-missing
    rm less/P* less/E* less/T* # most of its files
    show derrick -C $ws load "$PWD/less" --allow-missing
    show derrick -C $ws load "$PWD/less" --allow-missing --cohort 1 --replace
    show derrick -C $ws load "$PWD/1" # the files that were missing
    show derrick -C $ws load "$PWD/1" --cohort 1 --replace
    cp -r 3 short
    for file in short/*; do sed -i '15,$d' "$file"; done
    show derrick -C $ws load "$PWD/short"
    show derrick -C $ws load "$PWD/short" --cohort 3 --replace
    show derrick -C $ws load "$PWD/3"
    show derrick -C $ws load "$PWD/3" --cohort 3 --replace
    # Another profile.
    sed -i '1s/.*/20\t73\t2\t90\t1/' 3/profile.txt
    show derrick -C $ws load "$PWD/3"
    # A quarter that resembles no other is the next one.
    sample fresh 20 2 9
    show derrick -C $ws load "$PWD/fresh" --replace
    show derrick -C $ws load "$PWD/fresh"
    rows
    rm -r ? corrected less short fresh
done

# A quarter cut from the loaded history is that cohort; under another number it is refused.
ws=history
new_workspace $ws 2
sample drop 20 2 5
derrick -q -C $ws load "$PWD/drop" >/dev/null
mkdir cut
cp drop/profile.txt cut
for file in drop/[A-Z]*.txt; do
    awk -F'\t' -v OFS='\t' '{ for (i = NF / 2 + 1; i <= NF; i++) printf "%s%s", $i, i < NF ? OFS : ORS }' \
        "$file" >cut/"${file#*/}"
done
show derrick -C $ws load --columns samples "$PWD/cut"
show derrick -C $ws load --columns samples --cohort 1 --replace "$PWD/cut"
show derrick -C $ws load --cohorts 1 "$PWD/cut"
show derrick -C $ws load --cohorts 1 --replace "$PWD/cut"
sed -i -E '1s/[^\t]*$/99/' cut/PS1.txt
show derrick -C $ws load --columns samples "$PWD/cut"
show derrick -C $ws load --columns samples --cohort 2 --replace "$PWD/cut"
show derrick -C $ws load --columns samples "$PWD/cut"

# A history whose columns are shifted by one cohort does not make any cohort a copy of another.
sample shifted 20 3 5
for file in shifted/[A-Z]*.txt; do
    awk -F'\t' -v OFS='\t' '{ n = NF / 3; for (i = n + 1; i <= NF; i++) printf "%s%s", $i, i < NF ? OFS : ORS }' \
        "$file" >part.txt
    mv part.txt "$file"
done
sample whole 20 3 5
new_workspace shift 3
derrick -q -C shift load "$PWD/whole" >/dev/null
show derrick -C shift load --cohorts 2 "$PWD/shifted"
show derrick -C shift load --cohorts 2 "$PWD/shifted" --replace
