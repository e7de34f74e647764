#!/usr/bin/env bash
# timeout: 600
# A run that is killed before any of its writes to disk: the next run ends in the same database and
# the same bytes, and nothing is lost. Points are spread over the whole run; all of them with
# DERRICK_KILL_ALL=1.
. "$TESTS/cli/lib.sh"
needs sqlite3 cc
cc -O1 -o kill_at "$TESTS/live/kill_at.c"

derrick sample drop --readings 40 --cohorts 6 --seed 3 >/dev/null
make_workspace() { # NAME: a workspace with the drop in logs/ and profile/, or with another profile there
    rm -rf "$1"
    derrick init "$1" >/dev/null
    cp drop/*.txt "$1/logs/"
    if [ "$compress" ]; then
        mv "$1/logs/profile.txt" "$1/profile/"
    else
        sed '1s/.*/20\t80\t1\t100\t0/' drop/profile.txt >"$1/profile/profile.txt"
    fi
}
go() { # WORKSPACE: the run under test
    "$DERRICK" -C "$1" --set input.cohorts=6 ${compress:+--set archive.compress=zstd} run
}
state() { # WORKSPACE: all that must be the same in the end
    sqlite3 "$1/energymobile.db" "pragma integrity_check; pragma foreign_key_check;
        select count(*), sum(PS1), sum(SE) from well_reading; select count(*) from drops;
        select count(*) from cohorts; select count(*) from well_profile;"
    sha256sum <"$1/aws_s3/oil-well-data-all-historical.csv"
    sha256sum <"$1/profile/profile.txt"
    find "$1/logs" "$1/profile" "$1/quarantine" -type f | sed "s|^$1/||" | sort
    (cd "$1"/archive && ls | wc -l && cd ./*run* && ls && sha256sum -c --quiet manifest.sha256)
    find "$1" -name '*.tmp'
}

round() { # what every point must come to
    make_workspace reference
    go reference >/dev/null 2>&1
    state reference >expected
    make_workspace ws
    code=0
    total=$(./kill_at 999999 "$DERRICK" -C ws --set input.cohorts=6 \
        ${compress:+--set archive.compress=zstd} run 2>/dev/null | tail -1) || code=$?
    [ "$code" -eq 0 ] || [ "$code" -eq 3 ] || skip "processes can't be traced here"
    [ "$total" -gt 50 ] || fail "only $total writes were seen"
    step=$((total / 40 + 1))
    [ -z "${DERRICK_KILL_ALL:-}" ] || step=1
    for ((at = 1; at <= total; at += step)); do
        make_workspace ws
        ./kill_at "$at" "$DERRICK" -C ws --set input.cohorts=6 \
            ${compress:+--set archive.compress=zstd} run >/dev/null 2>&1 || true
        go ws >out 2>&1 || fail "killed at write $at of $total: $(cat out)"
        state ws >got 2>&1
        diff expected got >difference || fail "killed at write $at of $total: $(cat difference)"
        go ws >again 2>&1 || fail "the run after it failed: $(cat again)"
        grep -q "nothing new" again || fail "killed at $at, the third run did something: $(cat again)"
    done
    echo "ok $1: killed at $(((total - 1) / step + 1)) of $total writes"
}

compress=
round "1 - plain archive, with a profile among the logs"
compress=1
round "2 - compressed archive, with the profile in its place"
