# Arguments that are not a drop.
. "$TESTS/cli/lib.sh"
new_traps
mkdir empty others
echo x >others/description.txt
for drop in nowhere nowhere/drop good/TS1.txt good/profile.txt good.csv empty others ''; do
    show derrick check "$drop"
done
show derrick check good good
cd ws
show derrick check
show derrick load
show derrick convert
cd ../empty
show derrick check
