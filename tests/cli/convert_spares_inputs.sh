# An output never replaces one of its inputs, whatever name it is given.
. "$TESTS/cli/lib.sh"
needs zip
new_workspace w 2
sample drop 2 2
mkdir mixed
cp drop/* mixed
mv mixed/PS1.txt mixed/PS1.csv
mkdir mixed/profile
mv mixed/profile.txt mixed/profile/profile.csv
(cd drop && zip -q ../drop.zip ./*)
ln -s drop/PS1.txt link.csv
ln drop/PS2.txt linked.csv
derrick -q -C w load drop >/dev/null
sha256sum drop/* mixed/*.* mixed/profile/* drop.zip w/derrick.ini w/energymobile.db >before
convert() {
    show derrick -C w convert "$@"
}
convert drop -o drop/PS1.txt
convert drop -o drop/../drop/profile.txt
convert drop -o link.csv
convert drop -o linked.csv
convert drop.zip -o drop.zip
convert drop --format sensors -o drop
convert mixed --format sensors -o mixed
convert mixed --format sensors -o mixed/profile
convert drop -o w/derrick.ini
convert drop -o w/energymobile.db
show derrick -C w export -o w/energymobile.db
show derrick -C w export -o w/derrick.ini
sha256sum --quiet -c before
rm link.csv linked.csv

# Other names beside the inputs are allowed.
convert drop -o drop
convert drop.zip --format sensors -o .
ls
sha256sum --quiet -c before
