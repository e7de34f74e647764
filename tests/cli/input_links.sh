# derrick follows links. A link that leads nowhere, or in a circle, is bad data and never a missing
# sensor.
. "$TESTS/cli/lib.sh"
new_traps
accepted "to a file elsewhere" "mkdir ../store; cp TS1.txt ../store/x; ln -sf ../store/x TS1.txt"
accepted "a link to the drop" "cd ..; mv drop real; ln -s real drop"
rm -r drop real
for options in "" --allow-missing --quarantine; do
    refused "nowhere $options" "rm TS1.txt; ln -s /nowhere/TS1.txt TS1.txt" $options
done
refused "round in a circle" "rm TS1.txt; ln -s TS1.txt TS1.txt"
refused "the profile" "rm profile.txt; ln -s nowhere profile.txt"
refused "in a folder below" "mkdir a; mv *.txt a; ln -sf nowhere a/TS1.txt"
refused "to another sensor's file, under a wrong name" "rm TS1.txt; ln -s TS2.txt TS1"
accepted "a folder that leads back" "ln -s . loop"
ln -s nowhere drop.link
show derrick check drop.link
