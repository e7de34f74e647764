# A run keeps report.html up to date: the page that `derrick report` writes, once for a load and a day. It is
# written again if it is gone or was edited, and if it can't be written, the load is done all the same.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
sample logs 24 1
show derrick run | steady
[ "$(derrick report -o - | sha256sum | cut -c1-64)" = "$(sha256sum <report.html | cut -c1-64)" ] || fail "another page"
cp report.html page.html

# Not again while nothing changes: the file is the same one.
same_file() {
    ls -i --time-style=full-iso -l report.html
}
same_file >before
show derrick run
same_file | cmp - before
derrick run --json | grep '"event":"report"' && fail 'a second report'

# Edited, gone, of another day, or of other data.
echo '<p>a remark</p>' >>report.html
derrick run -q
cmp report.html page.html
rm report.html
derrick run -q
cmp report.html page.html
sqlite3 energymobile.db "UPDATE publications SET etag = replace(etag, 'as of 2', 'as of 1') WHERE layout = 'report'"
same_file >before
derrick run -q
same_file | cmp -s - before && fail "the page of an earlier day is still there"
cmp report.html page.html
sample logs 24 1 3
show derrick run | steady
cmp -s report.html page.html && fail "the page does not show the new cohort"

# What a killed run left of it goes.
left=.report.html.4194305.0.tmp
echo half >$left
touch -d '25 hours ago' $left
derrick run -q
[ ! -e $left ] || fail "a temporary file is left: $left"

# A page that can't be written does no harm, and the next run writes it.
rm report.html
mkdir -p report.html/folder
sample logs 24 1 4
show derrick run | steady
ls logs
rm -r report.html
show derrick run
[ -f report.html ]

# Switched off.
rm report.html
derrick run -q --set report.write=no
[ ! -e report.html ]
show derrick run --set report.write=no --set report.publish=yes
