# Two workspaces of the same rig on one database are distinguished by their identity. Each archives
# its own drop and leaves the other's alone, each has its own export, and neither writes its export
# again because of the other.
. "$TESTS/cli/lib.sh"
standing=aws_s3/oil-well-data-all-historical.csv
for w in 1 2; do
    new_workspace $w 1
    sed -i "s|^url = sqlite.*|url = sqlite:$PWD/shared.db|" $w/derrick.ini
    sample drop$w 2 1 $w
    cp drop$w/* $w/logs
done
cmp -s 1/.derrick-workspace 2/.derrick-workspace && fail "both have one identity"

show derrick -C 1 load
show derrick -C 2 status | grep 'not archived yet' || echo "2: nothing waits"
show derrick -C 2 archive
ls 1/logs | wc -l
show derrick -C 2 run --columns samples --cohort 2 | steady
ls 1/logs 2/logs | wc -l
derrick -C 1 status | grep 'not archived yet'
show derrick -C 1 run | steady
for w in 1 2; do
    ls $w/logs
    (cd $w/archive/*/ && sha256sum --quiet -c manifest.sha256)
    cmp drop$w/PS1.txt $w/archive/*/PS1.txt
done
cmp 1/$standing 2/$standing

# If they run alternately, there is nothing to do, and derrick does not mistake an export for an
# edited one.
for w in 1 2 1 2; do
    show derrick -C $w run
done

# A quarter loaded by workspace 1 makes the export of workspace 2 stale; each writes its own once.
sample 1/logs 2 1 3
show derrick -C 1 run --columns samples --cohort 3 | steady
derrick -C 2 status | grep export | steady
for w in 2 1 2; do
    show derrick -C $w run
done
cmp 1/$standing 2/$standing

# An edit concerns only the workspace in which it was made.
sed -i '2s/texas/sexat/' 2/$standing
show derrick -C 1 run
show derrick -C 2 run
cmp 1/$standing 2/$standing

# The same delivery in both: in the second one it is a duplicate, and is archived there.
rm -rf both
sample both 2 1 4
for w in 1 2; do
    cp both/* $w/logs
done
show derrick -C 1 load --columns samples --cohort 4
show derrick -C 2 run --columns samples --cohort 4 | steady
ls 1/logs 2/logs | wc -l
show derrick -C 1 run --columns samples --cohort 4 | steady
ls 1/logs 2/logs | wc -l
