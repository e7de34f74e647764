# A quarter that is delivered again after `sample` was changed has other values, so it is recognised by its text. Where
# its text is another too, a correction or another form, it is recognised by the rule that its cohort was loaded with:
# it is refused, and never loaded as the next quarter.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip

form() { # NAME: the quarter in another form, in `form`
    rm -rf form form.zip
    cp -r quarter form
    case $1 in
    crlf) sed -i 's/$/\r/' form/*.txt ;;
    zeros) sed -i -E 's/(^|\t)([0-9]+)(\t|$)/\1\2.0\3/g' form/[A-Z]*.txt ;;
    comma) sed -i 's/\./,/g' form/[A-Z]*.txt ;;
    corrected) put form/PS1.txt 2 1 151 && put form/TS1.txt 2 1 36 ;;
    gz) sed -i 's/$/\r/' form/PS1.txt && gzip form/*.txt ;;
    esac
    [ "$1" != zip ] || (sed -i 's/$/\r/' form/TS1.txt && cd form && zip -q ../form.zip -- *.txt && rm -- *.txt)
}
rows() {
    sqlite3 ws/energymobile.db 'SELECT count(*), count(DISTINCT cohort), sum(PS1), sum(SE) FROM well_reading'
}

for columns in samples wells; do
    echo "== columns = $columns"
    rm -rf ws quarter newer
    new_workspace ws 3
    sed -i "s/^columns = .*/columns = $columns/" ws/derrick.ini
    if [ $columns = samples ]; then
        sample quarter 24 1 2
        sample newer 24 1 3
    else
        sample quarter 24 3 2
        sample newer 24 3 3
    fi
    derrick -q -C ws run "$PWD/quarter" >/dev/null
    before=$(rows)
    for name in crlf zeros comma corrected gz zip; do
        form $name
        mark=point
        [ $name != comma ] || mark=comma
        from=form
        [ $name != zip ] || from=form.zip
        code=0
        derrick -C ws load "$PWD/$from" --sample max --decimal $mark >out.txt 2>&1 || code=$?
        [ $code = 3 ] || fail "$name: exit code $code: $(cat out.txt)"
        grep -q "is cohort 1 again, with another sample: run 1 loaded it with sample = first" out.txt ||
            fail "$name: $(cat out.txt)"
        [ "$(rows)" = "$before" ] || fail "$name: $(rows) instead of $before"
    done
    echo "six forms: refused"
    form crlf
    show derrick -C ws load "$PWD/form" --sample max
    # A number that is free makes no other quarter of it; its own number replaces what it is.
    show derrick -C ws load "$PWD/form" --sample max --cohort 2
    [ "$(rows)" = "$before" ]
    show derrick -C ws load "$PWD/form" --sample max --cohort 1 --replace | grep -v '^derrick: note'
    # The first hint: with the rule as it was, it is known.
    form zeros
    show derrick -C ws load "$PWD/form" --sample max | grep -v '^derrick: note'
    # Another quarter is the next one, whatever rule the first one was loaded with.
    show derrick -C ws load "$PWD/newer" | grep -v '^derrick: note'
done
