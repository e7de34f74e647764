# A file in logs/ that is an archive under another name is a delivery that can't be read: alone it is
# exit code 3, and what comes after it does not get its dates. A log, or a file that tools write beside an
# archive, is not one. A complete drop in a hidden folder is named.
. "$TESTS/cli/lib.sh"
needs zip sqlite3
new_workspace w 2
sample d 2 2
sample c3 2 1 3
sample c4 2 1 4
(cd c3 && zip -q ../c3.zip ./*)
(cd c4 && zip -q ../c4.zip ./*)
cp d/* w/logs
derrick -q -C w run >/dev/null 2>&1
for name in "q1.zip (1)" q1.zip.1 q1.zip.gz q1.zip.bak q1; do
    for others in "" c4.zip; do
        rm -f w/logs/*
        cp c3.zip "w/logs/$name"
        [ -z "$others" ] || cp c4.zip w/logs/q2.zip
        code=0
        derrick -C w run >out 2>&1 || code=$?
        [ "$code" = 3 ] && grep -q "'logs/$name'" out || fail "'$name': exit code $code, $(cat out)"
    done
done
cat out
rm -f w/logs/*
for name in q1.iso q1.tar.lz; do
    echo x >"w/logs/$name"
    cp c4.zip w/logs/q2.zip
    expect_exit 3 derrick -C w run >out 2>&1
    grep "error: 1 of" out
    rm -f w/logs/*
done
# The hint names only what can be loaded.
touch w/logs/q1.iso w/logs/q2.iso
cp c4.zip w/logs/q3.zip
expect_exit 3 derrick -C w run 2>&1 | tail -1
rm -f w/logs/*
echo "cohorts: $(sqlite3 w/energymobile.db 'SELECT count(*) FROM cohorts')"

# Other files neither fails a run nor holds up what comes after it.
echo "copied q1.zip" >w/logs/transfer.log
gzip -c w/logs/transfer.log >w/logs/transfer.log.1.gz
sha256sum c3.zip >w/logs/q1.zip.sha256
touch w/logs/q1.zip.done
show derrick -C w run 2>&1
mkdir w/logs/.q3
cp c3/* w/logs/.q3
show derrick -C w run
rm -r w/logs/.q3
cp c3.zip w/logs/q2.zip
derrick -C w run | grep loaded

# An attachment, which may well be a zip inside, holds nothing up.
rm -f w/logs/*
mkdir w/logs/q3
sample w/logs/q3 2 1 5
(cd c3 && zip -q "$PWD/../plan.vsdx" PS1.txt)
cp plan.vsdx w/logs/q3
cp plan.vsdx w/logs/plan.docx
gzip -c plan.vsdx >w/logs/q3/notes.dat.gz
derrick -C w run 2>&1 | grep loaded
show derrick -C w run
