# What a new user sees first, and the version in every place that prints it.
. "$TESTS/cli/lib.sh"
show derrick
derrick >alone.txt
derrick -- | cmp - alone.txt
version=$(derrick --version)
[[ $version =~ ^derrick\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "no version: '$version'"
[ "$(derrick run --version)" = "$version" ]
[ "$(derrick --version run)" = "$version" ]
find . -type f
