# What fish completes, with the script that derrick prints.
. "$TESTS/cli/lib.sh"
needs fish
"$DERRICK" completion fish >derrick.fish
mkdir drops bin
ln -s "$DERRICK" bin/derrick
PATH=$PWD/bin:$PATH
touch drop.zip
try() { # LINE
    echo "\$ $1<TAB>"
    fish --no-config -c 'source derrick.fish; complete -C $argv[1]' "$1" | sed 's/^/    /'
}
try "derrick r"
try "derrick -C drops co"
try "derrick run --qua"
try "derrick check --columns "
try "derrick convert --format=sag"
try "derrick convert -f s"
try "derrick load --set rig."
try "derrick load dr"
try "derrick init dr"
try "derrick -C dr"
try "derrick run --db sq"
try "derrick help conf"
try "derrick completion "
try "derrick status dr"
