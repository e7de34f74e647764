# derrick config: every key with its value, where that comes from, and its default; passwords never.
. "$TESTS/cli/lib.sh"
needs python3
derrick init w >/dev/null
cd w
show derrick config | sed -n '1,6p'
# One key from each source.
sed -i 's/^site = .*/site = ohio/; s/^cohort_days = .*/cohort_days = 91/' derrick.ini
DERRICK_RIG_WELL=7 DERRICK_DB=sqlite:x.db derrick config --threads 2 --set s3.url=s3://well-sensor-logs >shown.txt
grep -E '^(rig|calendar.cohort_days|database.url|s3.url|run)' shown.txt | sed 's|ini:[0-9]*|ini:LINE|'
# The later source wins, and is the one that is named.
DERRICK_RIG_SITE=iowa derrick config | grep ^rig.site
DERRICK_RIG_SITE=iowa derrick config --set rig.site=utah --set rig.site=texas | grep ^rig.site
cp derrick.ini other.ini
derrick config --config other.ini | grep ^rig.site | sed 's|# .*/|# |; s/:[0-9]*/:LINE/'
# A password shows nowhere.
DERRICK_DB_PASSWORD=hidden derrick config --set database.url=mysql://me:hidden@db/energymobile \
    --set database.shards=mysql://a:hidden@one/x,mysql://b:hidden@two/x \
    --set s3.endpoint=https://k:hidden@host >shown.txt
grep '\*\*\*' shown.txt
grep -c hidden shown.txt || true
# Every key of derrick.ini, once; what is shown can be set again.
derrick config | sed 's/ = \?.*//' >shown.txt
awk '/^\[/ { section = substr($1, 2, length($1) - 2) }
    /^[a-zA-Z]/ { sub(/ =.*/, ""); print section "." $0 }' derrick.ini | cmp - shown.txt
derrick config --json --set rig.site=ohio | python3 -c '
import json, sys
for line in sys.stdin:
    event = json.loads(line)
    if event["key"] in ("rig.site", "rig.well"):
        print(event["event"], event["key"], event["value"], event["origin"], event["place"], event["default"])'
# The name that a key had before is still read, in the file, in the environment and as a flag.
sed -i 's/^insecure_http = .*/plain_text = allow/' derrick.ini
derrick config | grep insecure | sed 's/:[0-9]*/:LINE/'
sed -i '/^plain_text/d' derrick.ini
DERRICK_S3_PLAIN_TEXT=allow derrick config 2>&1 | grep -i insecure
derrick config --set s3.plain_text=allow | grep insecure
derrick init ../v --set s3.plain_text=allow >/dev/null
grep insecure ../v/derrick.ini
