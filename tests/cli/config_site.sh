# The name of a rig is <site>-<number>. If the site is already such a name, the message says what
# was probably meant.
. "$TESTS/cli/lib.sh"
sample drop 2 2
first_rig() {
    derrick convert drop --cohorts 2 -o - "$@" | sed -n 's/,.*//;2p'
}
for site in texas-01 east-texas-7 a-1; do
    show derrick check drop --set "rig.site=$site"
done
for site in '' -1 'two words' texas/1 "$(printf 'x%.0s' {1..48})" $'t\xc3\xa9xas'; do
    show derrick check drop --set "rig.site=$site"
done
for well in 0 -1 01x '' 99999999999; do
    show derrick check drop --set "rig.well=$well"
done
first_rig --set rig.site=texas01 --set rig.well=7
first_rig --set rig.site=east-texas --set rig.well=007
first_rig --set rig.site=7
first_rig --set rig.site=a.b_c-d
printf '[rig]\nsite = texas-01\n' >derrick.ini
show derrick check drop
