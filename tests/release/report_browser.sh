# timeout: 900
# The report in a real browser: Chromium opens a page of a rig with hostile names, with missing values and
# with a constant sensor, and a page of a fleet. report_browser.js says what must hold.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs node npm chromium
modules=$BUILD/browser
mkdir -p "$modules"
# npm finds its registry through the user's own configuration.
[ -d "$modules/node_modules/axe-core" ] ||
    HOME=$(getent passwd "$(id -u)" | cut -d: -f6) npm install --prefix "$modules" --no-audit --no-fund playwright-core@1.65.1 axe-core@4.14.1 >npm.log 2>&1 ||
    skip "npm can't install playwright-core and axe-core: $(tail -1 npm.log)"

new_workspace rig 3
sample drop 2205 3 7
hostile='drop <img src=x onerror=alert(1)> "'"'"'& <b>'
cp -r drop "$hostile"
derrick load -q -C rig "$hostile" >/dev/null
derrick report -q -C rig --as-of 2009-02-03 >/dev/null

new_workspace fleet 2
sample wells 300 2
derrick load -q -C fleet wells --columns wells --cohort 1 >/dev/null
derrick report -q -C fleet --as-of 2009-02-03 >/dev/null

NODE_PATH=$modules/node_modules CHROMIUM=$(command -v chromium) \
    node "$TESTS/release/report_browser.js" "$PWD/rig/report.html" "$PWD/fleet/report.html"
