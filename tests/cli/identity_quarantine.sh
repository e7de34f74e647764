# A drop with bad cells and rows, loaded with --quarantine, is the same drop when it is delivered again with a
# tab more in each row, CRLF, blanks or in a zip: rows are compared as they were read. So are chosen cohorts of
# a history. A cell that is good now makes another drop.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
bad_rows() {
    sed -i -E '2s/[^\t]*$//' drop/PS1.txt                      # an empty last cell
    sed -i -E '2s/\t[^\t]*$//' drop/PS2.txt                    # a short row
    sed -i '2s/$/\t1/' drop/PS3.txt                            # a long one
    sed -i '2s/.*//' drop/TS1.txt                              # a blank line
    sed -i -E '3s/^[^\t]*/n.a./; 4s/[^\t]*$//' drop/FS1.txt
    sed -i -E '4s/[^\t]*$/x/' drop/EPS1.txt
}
variant() { # NAME: the drop in another form, into logs/ of the workspace
    rm -rf form
    cp -r drop form
    case $1 in
    tab) sed -i 's/$/\t/' form/[!Pp]*.txt form/PS[!2].txt && sed -i '2!s/$/\t/' form/PS2.txt ;; # short: stays so
    crlf) sed -i 's/$/\r/' form/*.txt ;;
    tab_crlf) sed -i 's/$/\t\r/' form/PS[!2].txt form/EPS1.txt form/TS1.txt ;;
    blanks) sed -i 's/\t/ \t /g' form/[A-Z]*.txt && printf '\n\n' >>form/TS1.txt ;;
    other_bad) sed -i 's/n\.a\./-.-/' form/FS1.txt ;;
    short) sed -i -E '2s/\t[^\t]*$//' form/PS2.txt ;;
    zip) (cd form && zip -q ../$ws/logs/again.zip -- *.txt) && return ;;
    esac
    cp form/* $ws/logs
}
for columns in cohorts samples wells; do
    echo "== columns = $columns"
    ws=ws-$columns
    new_workspace $ws 3
    sed -i "s/^columns = .*/columns = $columns/" $ws/derrick.ini
    rm -rf drop
    sample drop 4 3 2
    bad_rows
    cp drop/* $ws/logs
    expect_exit 6 derrick -q -C $ws run --quarantine >/dev/null 2>&1
    for form in tab crlf tab_crlf blanks other_bad short zip; do
        variant $form
        derrick -C $ws run --quarantine >out.txt 2>&1 || fail "$form: $(cat out.txt)"
        grep -q '^already loaded' out.txt || fail "$form: $(cat out.txt)"
        [ "$(ls $ws/logs)" = DERRICK-REPORT.txt ] || fail "$form: still in logs/"
    done
    echo "seven forms: the same drop"
    rm -rf form
    cp -r drop form
    sed -i -E '4s/[^\t]*$/7.5/' form/FS1.txt
    show derrick -C $ws load --quarantine "$PWD/form" 2>&1 | tail -n 3
done
echo "== chosen cohorts of a history"
ws=chosen
new_workspace $ws 3
rm -rf drop
sample drop 4 3 2
show derrick -q -C $ws load --cohort 2-3 "$PWD/drop"
sed -i 's/$/\r/' drop/*.txt
show derrick -C $ws load --cohort 2-3 "$PWD/drop" | grep -v note:
show derrick -C $ws load --cohort 3 "$PWD/drop" | grep -v note:
show derrick -C $ws load "$PWD/drop" | grep -v note:
