# init writes every key with its default and a comment. Reading them again changes nothing. --set
# and the environment accept each of them.
. "$TESTS/cli/lib.sh"
derrick init >/dev/null
cat derrick.ini
awk '/^\[/ { section = substr($1, 2, length($1) - 2) }
    /^[a-zA-Z]/ { key = section "." $1; sub(/^[a-zA-Z0-9_]+ = ?/, ""); print key "=" $0 }' derrick.ini >keys.txt
wc -l <keys.txt
cut -d= -f1 keys.txt | sort | uniq -d
sets=() variables=()
while read -r line; do
    key=${line%%=*}
    key=${key//./_}
    sets+=(--set "$line")
    variables+=("DERRICK_${key^^}=${line#*=}")
done <keys.txt
sample drop 2 60
derrick convert drop -o - >by_file.csv
rm derrick.ini
derrick convert drop -o - | cmp - by_file.csv
derrick convert drop -o - "${sets[@]}" | cmp - by_file.csv
env "${variables[@]}" "$DERRICK" convert drop -o - | cmp - by_file.csv
