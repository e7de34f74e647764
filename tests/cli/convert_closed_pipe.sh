# A reader that has read enough closes the pipe. That is not an error, and none is reported.
. "$TESTS/cli/lib.sh"
sample drop 200 4
new_workspace w 4
derrick -C w load drop >/dev/null
for command in "convert drop --cohorts 4" "-C w export"; do
    for layout in historical template "sagemaker --label cooler"; do
        # shellcheck disable=SC2086 # lists of options
        { derrick $command --format $layout -o - && echo "ended well" >&2; } | head -n 1 | cut -c1-40
    done
done
{ derrick -C w status && echo "status ended well" >&2; } | true
{ derrick --help && echo "help ended well" >&2; } | true
{ derrick -C w status --json && echo "json ended well" >&2; } | true
