# What zsh completes, with the script that derrick prints.
. "$TESTS/cli/lib.sh"
needs zsh
zsh -f -c 'zmodload zsh/zpty' 2>/dev/null || skip "zsh has no pseudo-terminals here"
mkdir functions drops
"$DERRICK" completion zsh >functions/_derrick
touch drop.zip
cat >try.zsh <<'END'
# Types a line and a tab in an interactive zsh, and prints what the line becomes.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= PS2= RPS1=; stty -echo; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w shell 'zstyle ":completion:*" list-separator "--"; unsetopt auto_list; setopt no_beep'
zpty -w shell 'try() { zle complete-word; print -r -- "<<$BUFFER>>"; BUFFER=; CURSOR=0 }; zle -N try; bindkey "^I" try'
zpty -w shell 'print -r -- "<<""start>>"' # which the echo of this line does not contain
zpty -r shell text '*<<start>>*'
for line in "$@"; do
    zpty -w -n shell "$line"$'\t'
    zpty -r shell text '*<<*>>*'
    text=${text%%>>*}
    print -r -- "$line<TAB> is [${text##*<<}]"
done
zpty -d shell
END
TERM=dumb zsh -f try.zsh "derrick ru" "derrick -C drops conv" "derrick run --quar" "derrick check --columns wel" \
    "derrick convert --format=sag" "derrick convert -f te" "derrick load --set rig.s" "derrick load drop." \
    "derrick init dr" "derrick -C dr" "derrick help conf" "derrick completion f" "derrick status dr"
