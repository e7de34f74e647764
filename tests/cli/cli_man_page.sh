# The man page is the one that derrick generates from its tables, and a page that man accepts. Where this
# fails: derrick help --man > docs/man/derrick.1
. "$TESTS/cli/lib.sh"
derrick help --man >derrick.1
diff derrick.1 "$TESTS/../docs/man/derrick.1"
if command -v man >/dev/null; then
    man --warnings -l derrick.1 2>&1 >/dev/null | head
fi
# Every command has its section, every option of it its paragraph.
for command in $(derrick help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    grep -q "^\.SS \"derrick $command " derrick.1 || echo "the man page lacks the command '$command'"
    derrick help "$command" | grep -oE '^  (-., |    )--[a-z-]+' | grep -o -- '--.*'
done | sort -u >in_help
grep -v -- '^--' in_help || true
grep -oE '^(\\fB\\-.\\fR, )?\\fB\\-\\-[a-z\\-]+\\fR' derrick.1 | sed -E 's/^.*fB//; s/.fR$//; s/\\//g' | sort -u >in_page
diff <(grep -- '^--' in_help) in_page
[ -s in_page ] || echo "the page lists no options"
