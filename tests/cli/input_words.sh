# Words where a number should be: each is reported with its position, its text and the reason.
. "$TESTS/cli/lib.sh"
new_traps
# Replaces the first cells of row 2 of PS1 by words.
put_words() {
    local column=0 word
    for word in "$@"; do
        column=$((column + 1))
        put PS1.txt 2 "$column" "$word"
    done
}
refused "no value" "put_words NaN nan -nan +NAN inf -Inf Infinity NA N/A n/a null NULL None nil - -- --- '#N/A' '1.#QNAN'"
refused "words" "put_words ERROR off n.def. '#VALUE!' '#DIV/0!' '?' '*' . + +- e5 E PS1 true 'no signal' O1 '=A1+B1'"
refused "no decimal number" "put_words 0x1F 0b1 1e 1e+ 1..2 1.2.3 '1 2' '1 000' 1_000 1.5f 1.5L 12% \"1.5'\" 1- --1 +-1 1e5.5 1e1e1 2023-06-01 12:30 .e3"
refused "a sentence for a row" "sed -i '2s/.*/the rig was off/' TS1.txt"
refused "marks of a merge" "sed -i '2s/.*/<<<<<<< HEAD/' TS1.txt"
