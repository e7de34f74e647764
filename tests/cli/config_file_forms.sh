# The accepted forms of derrick.ini: comments, blanks, line ends, any order of sections, long
# values.
. "$TESTS/cli/lib.sh"
sample drop 2 2
try() {
    echo "== $1"
    printf "$1" >derrick.ini
    derrick convert drop -o - | sed -n 's/,.*//;2p'
}
try '[rig]\nsite = plain\n[input]\ncohorts = 2\n'
try '[input]\ncohorts=2\n[rig]\nsite=tight'
try '\n  [rig]  \n\tsite   =   indented  \n  well = 7\n[input]\n cohorts = 2\n'
try '\xef\xbb\xbf[rig]\r\nsite = windows\r\n[input]\r\ncohorts = 2\r\n'
try '# c\n; c\n[rig] ; c\nsite = marked ; c\nwell = 3 # c\n[input]\ncohorts = 2 ; c # c\n'
try '[rig]\nsite : colon\n[input]\ncohorts : 2\n'
try '[rig]\nsite = first\n[input]\ncohorts = 2\n[rig]\nsite = again\n'
try '[rig]\n# %300s\nsite = long_comment\n[input]\ncohorts = 2\n'
try '[database]\nshards =\n[rig]\nsite = empty_value\n[input]\ncohorts = 2\n'

# A value of the maximum length of a path is read completely.
folder=$(printf 'f%.0s' {1..200})/$(printf 'g%.0s' {1..200})
mkdir -p "$folder"
printf '[input]\ncohorts = 2\n[database]\nurl = sqlite:%s/a.db ; c\n' "$folder" >derrick.ini
derrick load drop >/dev/null
find "$folder" -name a.db
