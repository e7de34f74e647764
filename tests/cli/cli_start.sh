# What somebody sees who comes for the first time, and the version wherever it is asked for.
. "$TESTS/cli/lib.sh"
show derrick
derrick >alone.txt
derrick -- | cmp - alone.txt
version=$(derrick --version)
[[ $version =~ ^derrick\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "no version: '$version'"
[ "$(derrick run --version)" = "$version" ]
[ "$(derrick --version run)" = "$version" ]
find . -type f
