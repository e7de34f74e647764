# Without -o a layout goes into csv/ of the workspace, and elsewhere into the current folder.
. "$TESTS/cli/lib.sh"
sample drop 2 1
all() {
    show derrick "$@" --format historical
    show derrick "$@" --format template
    show derrick "$@" --format sagemaker --label pump
    show derrick "$@" --format sensors
}
new_workspace w 1
all -C w convert drop
find w/csv | sort
mkdir elsewhere
cp -r drop elsewhere
cd elsewhere
all convert drop --columns samples
find . -name '*.csv' | sort
