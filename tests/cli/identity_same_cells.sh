# The same cells in another form are the same drop, whatever `columns` is: nothing is loaded, and
# the files in logs/ are archived as a duplicate. A different cell, loaded or not, makes another
# drop.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip gzip zstd

variant() { # NAME: the drop in another form, into logs/ of the workspace
    rm -rf form
    cp -r drop form
    case $1 in
    crlf) sed -i 's/$/\r/' form/*.txt ;;
    newline) for file in form/*.txt; do truncate -s -1 "$file"; done ;;
    zeros) sed -i -E 's/(^|\t)([0-9]+)(\t|$)/\1\2.0\3/g; s/([.][0-9]+)(\t|$)/\10\2/' form/[A-Z]*.txt ;;
    blanks) sed -i 's/\t/ \t /g; s/$/\t/' form/PS*.txt && printf '\n\n' >>form/TS1.txt ;;
    mark) sed -i '1s/^/\xef\xbb\xbf/' form/EPS1.txt ;;
    gz) gzip form/PS*.txt && zstd -q --rm form/TS*.txt ;;
    names) for file in form/*.txt; do mv "$file" "${file%.txt}-2023-06-01.tsv"; done ;;
    zip) (cd form && zip -q ../$ws/logs/again.zip -- $(ls -r)) && return ;;
    tar) tar -C form -czf $ws/logs/again.tar.gz . && return ;;
    esac
    cp form/* $ws/logs
}
rows() {
    sqlite3 $ws/energymobile.db 'SELECT count(*), count(DISTINCT cohort), sum(PS1), sum(SE) FROM well_reading'
}

for columns in cohorts samples wells; do
    echo "== columns = $columns"
    ws=ws-$columns
    new_workspace $ws 3
    sed -i "s/^columns = .*/columns = $columns/" $ws/derrick.ini
    rm -rf drop
    sample drop 3 3 2
    cp drop/* $ws/logs
    derrick -q -C $ws run >/dev/null
    before=$(rows)
    for form in crlf newline zeros blanks mark gz names zip tar; do
        variant $form
        derrick -C $ws run >out.txt 2>&1 || fail "$form: exit code $?: $(cat out.txt)"
        grep -q '^already loaded' out.txt || fail "$form: $(cat out.txt)"
        grep -q 'duplicate of what run 1 loaded' out.txt || fail "$form: $(cat out.txt)"
        grep -q "can't be read" out.txt && fail "$form: $(cat out.txt)"
        [ "$(ls $ws/logs)" = DERRICK-REPORT.txt ] || fail "$form: still in logs/"
        [ "$(rows)" = "$before" ] || fail "$form: $(rows) instead of $before"
    done
    echo "nine forms: the same drop"

    # One cell that no reading uses: the last one of the row.
    rm -rf form
    cp -r drop form
    sed -i -E '2s/[^\t]*$/777/' form/PS3.txt
    show derrick -C $ws load "$PWD/form"
    sed -i 's/$/\r/' form/*.txt
    (cd form && zip -q ../form.zip -- $(ls -r))
    show derrick -C $ws load "$PWD/form.zip"
    [ "$(rows)" = "$before" ]
done

# A drop that was loaded from an archive, and one that is stored compressed.
ws=packed
new_workspace $ws 3
(cd drop && zip -q ../$ws/logs/first.zip -- *)
derrick -q -C $ws run >/dev/null
variant crlf
derrick -C $ws run 2>&1 | grep -E "already|duplicate|can't"
variant zip
derrick -q -C $ws run >/dev/null
(cd form && sed -i '1s/[^\t]*$/8/' FS2.txt && zip -qr ../other.zip .)
show derrick -C $ws load "$PWD/other.zip"
ws=zstd
new_workspace $ws 3
cp drop/* $ws/logs
derrick -q -C $ws --set archive.compress=zstd run >/dev/null
variant crlf
derrick -C $ws run 2>&1 | grep -E "already|duplicate|can't"
show derrick -C $ws load "$PWD/other.zip"

# If the loaded files can't be read any more, or have changed, the loaded values decide.
ls $ws/archive/*-run1/PS1.txt.zst >/dev/null
zstd -q -f drop/PS2.txt -o "$(echo $ws/archive/*-run1/PS1.txt.zst)"
show derrick -C $ws load "$PWD/other.zip"
rm -r $ws/archive/*-run1
show derrick -C $ws load "$PWD/other.zip"

# A history with one more cohort: the earlier cohorts are compared too, cell by cell.
sample longer 3 4 2
ws=history
new_workspace $ws 3
sample shorter 3 3 2
derrick -q -C $ws load "$PWD/shorter" >/dev/null
for file in longer/[A-Z]*.txt; do
    paste "shorter/${file#*/}" <(awk -F'\t' -v OFS='\t' '{ n = NF / 4; for (i = 3 * n + 1; i <= NF; i++)
        printf "%s%s", $i, i < NF ? OFS : ORS }' "$file") >grown.txt
    mv grown.txt "$file"
done
sed -i '3s/$/\r/' longer/PS1.txt
cp -r longer changed
sed -i -E '2s/^([^\t]*\t[^\t]*\t)[^\t]*/\199/' changed/PS6.txt
show derrick -C $ws load --cohorts 4 "$PWD/changed"
show derrick -C $ws load --cohorts 4 "$PWD/longer"
derrick -C $ws export -o - | cut -d, -f2 | uniq -c | tail -n +2
