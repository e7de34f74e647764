# A path that is too long for SQLite is reported as such, before anything is loaded.
. "$TESTS/cli/lib.sh"
deep=$(printf 'd%.0s' {1..200})
deep=$deep/$deep/$(printf 'e%.0s' {1..120})
code=0
derrick init "$deep" || code=$?
echo "exit code $code"
mkdir -p near
show derrick init --db "sqlite:$PWD/near/a.db" "$deep" >/dev/null
ls near
