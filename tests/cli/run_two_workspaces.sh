# Two workspaces with one rig each share a database: neither archives or reports what waits in the
# other's logs/, whose files have the same names.
. "$TESTS/cli/lib.sh"
for rig in 1 2; do
    new_workspace $rig 1
    sed -i "s/^well = .*/well = $rig/; s|^url = sqlite.*|url = sqlite:$PWD/shared.db|" $rig/derrick.ini
    sample drop$rig 2 1 $rig
    cp drop$rig/* $rig/logs
done
cp drop1/TS1.txt drop2/TS1.txt # the same bytes in both
cp drop1/TS1.txt 2/logs/TS1.txt
show derrick -C 1 load
show derrick -C 2 run | steady
ls 1/logs 1/archive | wc -l
(cd 2/archive/*-run2 && sha256sum --quiet -c manifest.sha256)
derrick -C 2 status | grep -c 'not archived yet' || true
derrick -C 1 status | grep 'not archived yet'
show derrick -C 1 run | steady
(cd 1/archive/*-run3 && sha256sum --quiet -c manifest.sha256)
for rig in 1 2; do
    ls $rig/logs
    for file in drop$rig/*; do
        cmp "$file" $rig/archive/*/"$(basename "$file")"
    done
done

# The rig of a workspace was changed while its drop waited: the drop is still here, and is archived.
cp drop1/* 1/logs
sed -i '1s/[0-9]/7/' 1/logs/CE.txt
show derrick -C 1 load --replace --cohort 1
show derrick -C 1 archive --set rig.well=3 | steady
ls 1/logs
