# Drops with names that confuse shells, SQL, formats and terminals; control characters are not
# printed.
. "$TESTS/cli/lib.sh"
needs zip python3
new_traps
mkdir u z
while read -r name; do
    name=$(printf -- "$name")
    cp -r good "u/$name"
    (cd good && zip -qr - .) >"z/$name"
done <<'END'
a b
-lead
--help
quo'te
dou"ble
a;b|c&d
$HOME
*
a:b
drop.zip
TS1.txt
%%s%%n
ünï
new\nline
bell\a\033[31mred
lat\351
back\\\\slash
END
mv z/TS1.txt z/TS1.zip
for drop in z/* u/*; do
    derrick convert "$drop" --cohorts 2 -o got.csv >/dev/null
    expect_same got.csv good.csv
done
count=0
for drop in u/*; do
    count=$((count + 1))
    put "$drop/TS1.txt" 1 1 $count
    derrick -C ws -q --json load "$PWD/$drop" --replace >>said.json
done
python3 - <<'END'
import json
for line in open("said.json"):
    event = json.loads(line)
    print(event["outcome"], ascii(event["drop"].split("/u/")[1]))
END
sqlite3 ws/energymobile.db "SELECT TS1 FROM well_reading LIMIT 1;
    SELECT COUNT(*) FROM drops WHERE source LIKE '%/u/ünï'"
(cd u && derrick convert --cohorts 2 -o ../got.csv -- -lead && derrick check --cohorts 2 ./-lead)
show derrick check -lead
rm u/*/profile.txt
for drop in u/bell* u/new* u/lat*; do
    touch "$drop/profile $(printf 'x\033[31m')"
    expect_exit 3 derrick check "$drop" --cohorts 2 2>&1
done
