# A rebuild from a damaged archive names the file and loads nothing unproven. Once the file is
# restored, the next rebuild resumes. Archives of an earlier derrick have no record of settings.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 2
for seed in 1 2 3; do
    sample logs 6 2 $seed
    derrick run -q --replace >/dev/null 2>&1
done
cp aws_s3/oil-well-data-all-historical.csv before.csv
cp -r archive good
rebuild() { # WHAT CODE
    echo "- $1"
    rm -rf archive energymobile.db
    cp -r good archive
    (cd archive && eval "$2")
    show derrick init --rebuild | steady
    if [ -e energymobile.db ]; then sqlite3 energymobile.db "SELECT COUNT(*), COUNT(archived_at) FROM drops"; fi
    cmp before.csv aws_s3/oil-well-data-all-historical.csv
}
rebuild "a file is gone" 'rm ./*-run2/PS1.txt'
rebuild "a file has other bytes" 'sed -i "1s/^[0-9]/9/" ./*-run2/PS1.txt'
rebuild "a record is cut" 'truncate -s 100 ./*-run2/drop.json'
rebuild "a record names a place outside" 'sed -i "s|\"drop\": \".\"|\"drop\": \"../../../etc\"|" ./*-run2/drop.json'
rebuild "a record of a newer derrick" 'sed -i "s|\"format\": 1|\"format\": 2|" ./*-run2/drop.json'
rebuild "a record was changed" 'sed -i "s|columns=cohorts|columns=samples|" ./*-run2/drop.json'
changed() { # EXPRESSION: a record that was changed, and its line in the manifest, too
    sed -i -E "$1" ./*-run2/drop.json
    (cd ./*-run2 && sed -i "s/.*  drop.json$/$(sha256sum drop.json)/" manifest.sha256)
}
rebuild "settings that nobody knows" 'changed s/columns=cohorts/columns=rows/'
rebuild "other settings" 'changed s/sample=first/sample=mean/'
rebuild "a recorded hash is another one" \
    'changed "/\"readings\"/,/sha256/s/\"sha256\": \"[0-9a-f]{8}/\"sha256\": \"00000000/"'
rebuild "a manifest is cut" 'truncate -s 100 ./*-run2/manifest.sha256'
# Two drops were loaded. The next rebuild continues; a run does not.
echo "- restored"
cp -r good/. archive
show derrick run 2>&1 | tail -n 1
show derrick init --rebuild | steady
cmp before.csv aws_s3/oil-well-data-all-historical.csv
show derrick run

echo "- of an earlier derrick"
rm energymobile.db
for folder in archive/*; do
    rm "$folder/drop.json"
    sed -i '/drop.json$/d' "$folder/manifest.sha256"
done
show derrick init --rebuild | steady
cmp before.csv aws_s3/oil-well-data-all-historical.csv
show derrick run

echo "- compressed"
for kind in folder zip; do
    rm -rf w
    new_workspace w 2
    sed -i 's/^compress = .*/compress = zstd/' w/derrick.ini
    sample w/drop 6 2 5
    if [ $kind = zip ]; then (cd w/drop && python3 -m zipfile -c ../logs/drop.zip ./*); else cp w/drop/* w/logs; fi
    derrick -C w run -q >/dev/null
    ls w/archive/* | head -n 2 | tail -n 1
    cp w/aws_s3/oil-well-data-all-historical.csv w/before.csv
    rm w/energymobile.db
    show derrick -C w init --rebuild | steady
    cmp w/before.csv w/aws_s3/oil-well-data-all-historical.csv
done
