# An init that fails removes everything it created, so that no later run finds half a workspace and
# uses another database. Whatever existed before stays.
. "$TESTS/cli/lib.sh"
server=mysql://u@127.0.0.1:1/energymobile
show derrick init far/down/w --db $server
ls
mkdir -p here/logs
sample here/logs 2 1
(cd here && show derrick init --db $server)
find here -mindepth 1 ! -name '*.txt'
# Nothing says which database is meant: a run would choose one.
show derrick -C here run
for mistake in "--set rig.site=" "--set database.url=oracle:x" "--db sqlite:nowhere/at/all/x.db" \
    "--db mysql://u:secretpw@h/energymobile"; do
    code=0
    derrick init w $mistake >/dev/null 2>&1 || code=$?
    echo "$mistake: exit code $code"
    [ ! -e w ] || fail "there is something left of $mistake: $(find w)"
done
# A file blocks the name of a folder, after the database has been created.
mkdir v
touch v/aws_s3
show derrick init v
find v
touch v/energymobile.db
show derrick init v 2>&1 | tail -n 1
find v | sort
# If the environment names the database, derrick.ini does not.
DERRICK_DB=sqlite:mine.db show derrick init e | steady
grep ^url e/derrick.ini | head -n 1
