# What bash completes, with the script that derrick prints.
. "$TESTS/cli/lib.sh"
eval "$("$DERRICK" completion bash)"
compopt() { :; } # it works only while a person completes
# Completes the last of the words, as bash splits them: try WORD...
try() {
    COMP_WORDS=(derrick "$@")
    COMP_CWORD=$#
    _derrick
    echo "\$ derrick $*<TAB>"
    printf '    %s\n' "${COMPREPLY[*]}"
}
mkdir drops "drops/a b"
touch drop.zip
try ""
try r
try -C drops co
try --set = rig.site=ohio ru
try run --qua
try run -
try --s
try check --columns ""
try check --columns = s
try convert --format sag
try convert -f s
try export --label = ""
try load --rule me
try load --sample me
try load --set rig.
try load --set = calendar.st
try load dr
try load drops/
try init dr
try -C dr
try --config dr
try run --db sq
try help c
try completion ""
try status ""
try archive x
[[ $(complete -p derrick) == "complete -F _derrick derrick" ]]
# Every command, and every option but hidden ones, is there.
for command in $(derrick help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    COMP_WORDS=(derrick "$command" --) COMP_CWORD=2
    _derrick
    diff <(printf '%s\n' "${COMPREPLY[@]}" | sort) \
        <(derrick help "$command" | grep -oE '^  (-., |    )--[a-z-]+' | grep -o -- '--.*' | sort) ||
        echo "of $command"
done
show derrick completion
show derrick completion tcsh
