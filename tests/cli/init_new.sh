# init makes a workspace in a new folder or in the current one. A second init leaves it as it is.
. "$TESTS/cli/lib.sh"
show derrick init far/down/rig | steady
(cd far/down/rig && find . | sort)
cp -p far/down/rig/derrick.ini before.ini
show derrick init far/down/rig | steady
cmp before.ini far/down/rig/derrick.ini

# init creates what was removed, and nothing else.
rmdir far/down/rig/logs
echo '[rig]' >far/down/rig/derrick.ini
show derrick init far/down/rig | steady
cat far/down/rig/derrick.ini
ls far/down/rig

mkdir here
(cd here && show derrick init | steady && ls)
show derrick -C here init --json | steady
show derrick init . one-too-many

# DIR is relative to -C; derrick does not apply -C or a relative --config a second time from there.
mkdir top
printf '[rig]\nsite = mine\n' >my.ini
show derrick -C top init below --config my.ini | steady
show derrick -C "$PWD/top" init beside | steady
DERRICK_WORKSPACE=$PWD/top show derrick init third | steady
ls top top/below
