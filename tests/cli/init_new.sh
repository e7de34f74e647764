# A workspace in a folder that is not there yet, or here; made once, and left as it is by the next.
. "$TESTS/cli/lib.sh"
show derrick init far/down/rig | steady
(cd far/down/rig && find . | sort)
cp -p far/down/rig/derrick.ini before.ini
show derrick init far/down/rig | steady
cmp before.ini far/down/rig/derrick.ini

# What was taken away is made again, and nothing else.
rmdir far/down/rig/logs
echo '[rig]' >far/down/rig/derrick.ini
show derrick init far/down/rig | steady
cat far/down/rig/derrick.ini
ls far/down/rig

mkdir here
(cd here && show derrick init | steady && ls)
show derrick -C here init --json | steady
show derrick init . one-too-many

# DIR is below -C, and neither -C nor a relative --config is followed a second time from in there.
mkdir top
printf '[rig]\nsite = mine\n' >my.ini
show derrick -C top init below --config my.ini | steady
show derrick -C "$PWD/top" init beside | steady
DERRICK_WORKSPACE=$PWD/top show derrick init third | steady
ls top top/below
