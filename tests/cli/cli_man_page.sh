# The man page has every command and every option that the help of the commands has, and no other.
. "$TESTS/cli/lib.sh"
page=$TESTS/../docs/man/derrick.1
commands=$(derrick --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in $commands; do
    grep -q "^\.It Cm $command\b" "$page" || echo "the man page lacks the command '$command'"
    derrick "$command" --help | sed -n 's/^ .*--\([a-z-]*\)\( .*\)\?$/\1/p'
done | sort -u >in_help
grep -o 'Fl \(. , \)\?-[a-z-]*' "$page" | sed 's/.* -//; s/^Fl //' | sort -u | grep -v '^-' >in_page
grep ' ' in_help || true
[ -s in_help ] || echo "the help lists no options"
diff in_help in_page
