# The help of the program and of every command, with the same text for each way to request it.
. "$TESTS/cli/lib.sh"
show derrick --help
derrick --help >help.txt
derrick -h | cmp - help.txt
derrick help | cmp - help.txt
sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' help.txt >commands.txt
while read -r command; do
    show derrick "$command" --help
    derrick "$command" --help >one.txt
    derrick "$command" -h | cmp - one.txt
    derrick help "$command" | cmp - one.txt
    derrick --help "$command" | cmp - one.txt
    derrick "$command" some operands -q --help | cmp - one.txt
    # Each command is one line of the overview, and its usage starts with its name.
    grep -q "^  $command  *[a-z]" help.txt
done <commands.txt
