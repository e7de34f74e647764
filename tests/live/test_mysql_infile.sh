#!/usr/bin/env bash
# timeout: 900
# How rows are sent to a server: LOAD DATA LOCAL, INSERTs only if a server or a proxy refuses that
# statement, and an error for everything else; never a slow load for a wrong reason.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"

derrick sample drop --readings 60 --cohorts 8 >/dev/null
derrick convert drop --set input.cohorts=8 -o expected.csv >/dev/null 2>&1
start_server db
make_users db
derrick init ws >/dev/null

fresh() { # an empty schema
    sql db "DROP DATABASE IF EXISTS energymobile;
        GRANT INSERT ON energymobile.* TO loader@'127.0.0.1'"
    derrick -C ws --db "$(url db)" init >/dev/null 2>&1
}
straight() { # derrick on the server
    derrick -C ws --set input.cohorts=8 --db "$(url db loader)" "$@"
}
through() { # derrick through the proxy
    derrick -C ws --set input.cohorts=8 \
        --db "mysql://loader@127.0.0.1:$(cat proxy.port)/energymobile" "$@"
}
loaded_right() {
    straight export -o got.csv
    expect_same got.csv expected.csv
}
nothing_loaded() {
    equals "0 0" "$(sql db 'SELECT COUNT(*) FROM well_reading; SELECT COUNT(*) FROM drops' \
        energymobile | tr '\n' ' ' | sed 's/ $//')"
}
not_said() { # PATTERN FILE
    ! grep -Eiq -- "$1" "$2" || fail "it says '$1'"
}

# --- what a server or a proxy says when it refuses the statement

refused() { # CODE WORDS
    fresh
    start_proxy db "error:LOAD DATA:$1:$2"
    says "refuses LOAD DATA LOCAL \(error $1: .*\), so derrick sends INSERTs" through load "$PWD/drop"
    equals 1 "$(grep -c INSERT says.out)"
    stop_proxy
    loaded_right
}
refused_and_infile() { # CODE WORDS
    fresh
    start_proxy db "error:LOAD DATA:$1:$2"
    fails_with 4 "^derrick: error: can't load into .*$2" through --set database.load=infile load "$PWD/drop"
    grep -q "hint: .*database.load = auto" fails.err || fail "no hint"
    stop_proxy
    nothing_loaded
}

# --- what is another error

not_refused() { # CODE WORDS
    fresh
    start_proxy db "error:LOAD DATA:$1:$2"
    fails_with 4 "^derrick: error: can't load into .*$2" through load "$PWD/drop"
    not_said "INSERT|local_infile" fails.err
    stop_proxy
    nothing_loaded
}
real_error() { # PATTERN SQL: the same from the server itself
    fresh
    sql db "$2" energymobile
    fails_with 4 "$1" straight load "$PWD/drop"
    not_said "so derrick sends INSERTs|local_infile" fails.err
    nothing_loaded
}

no_insert() { # into the readings alone
    fresh
    sql db "SELECT CONCAT('GRANT INSERT ON energymobile.', table_name, ' TO loader@''127.0.0.1'';')
        FROM information_schema.tables WHERE table_schema = 'energymobile'
        AND table_type = 'BASE TABLE' AND table_name <> 'well_reading'" >grants.sql
    real_error "INSERT command denied .*well_reading" \
        "REVOKE INSERT ON energymobile.* FROM loader@'127.0.0.1'; $(cat grants.sql)"
}

# --- the setting

insert_never_tries() {
    fresh
    start_proxy db "error:LOAD DATA:1114:The table is full"
    says "loaded: .*480 readings" through --set database.load=insert load "$PWD/drop"
    not_said "INSERT" says.out
    stop_proxy
    loaded_right
}
infile_off() { # [--set ...]
    fresh
    sql db "SET GLOBAL local_infile = 0"
    says "error (1148|4166): .*SET GLOBAL local_infile = 1 allows it" straight load "$PWD/drop"
    sql db "SET GLOBAL local_infile = 1"
    loaded_right
}
infile_off_and_infile() {
    fresh
    sql db "SET GLOBAL local_infile = 0"
    fails_with 4 "hint: SET GLOBAL local_infile = 1 allows it; database.load = auto" \
        straight --set database.load=infile load "$PWD/drop"
    sql db "SET GLOBAL local_infile = 1"
    nothing_loaded
}
infile_on() {
    fresh
    says "loaded: .*480 readings" straight --set database.load=infile load "$PWD/drop"
    not_said "INSERT" says.out
    equals "1" "$(sql db "SHOW GLOBAL STATUS LIKE 'Com_load'" | cut -f2)"
    loaded_right
}
wrong_word() {
    fails_with 2 "database.load 'fast' is not valid" straight --set database.load=fast status
}

check "the server takes it" infile_on
for refusal in \
    "1148:The used command is not allowed with this MySQL version" \
    "3948:Loading local data is disabled; this must be enabled on both the client and server sides" \
    "4166:The used command is not allowed because the MariaDB server or client has disabled the local infile capability" \
    "1047:Unsupported 'LOAD DATA LOCAL INFILE' command" \
    "1047:Unknown command" \
    "1235:VT12001: unsupported: LOAD DATA" \
    "1105:vtgate: http://vtgate-1:15000/: syntax error at position 5 near 'LOAD'" \
    "1064:syntax error at position 5 near 'LOAD'" \
    "1105:local_infile needs to be set to 1 to use LOCAL" \
    "2068:LOAD DATA LOCAL INFILE file request rejected due to restrictions on access." \
    "2000:Load data local infile forbidden" \
    "2:File 'derrick-rows' not found (Errcode: 2)"; do
    check "refused: $refusal" refused "${refusal%%:*}" "${refusal#*:}"
done
check "refused, and nothing else will do" refused_and_infile 1047 "Unsupported 'LOAD DATA LOCAL INFILE' command"

for error in \
    "1114:The table 'well_reading' is full" \
    "1021:Disk full; waiting for someone to free some space" \
    "1290:The MariaDB server is running with the --secure-file-priv option so it cannot execute this statement" \
    "1047:WSREP has not yet prepared node for application use" \
    "1105:unknown error: target: energymobile.0.primary: vttablet: rpc error" \
    "1064:You have an error in your SQL syntax near 'CHARACTER SET'" \
    "1205:Lock wait timeout exceeded; try restarting transaction" \
    "1030:Got error 28 from storage engine" \
    "29:File '/other/file' not found" \
    "2000:Unknown MySQL error"; do
    check "an error, not a refusal: $error" not_refused "${error%%:*}" "${error#*:}"
done
check "a table without one of the columns" \
    real_error "PS3" "ALTER TABLE well_reading DROP COLUMN PS3 "
check "a user who may not insert readings" no_insert
check "a trigger that fails" real_error "the pump is off" \
    "CREATE TRIGGER fails BEFORE INSERT ON well_reading FOR EACH ROW
     SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the pump is off'"
check "a trigger that fails by the code of a refusal" real_error "the pump is off" \
    "CREATE TRIGGER fails BEFORE INSERT ON well_reading FOR EACH ROW
     SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the pump is off', MYSQL_ERRNO = 1148"

check "load = insert never tries" insert_never_tries
check "local_infile is off: INSERTs, with the server's code" infile_off
check "local_infile is off, and load = infile: an error" infile_off_and_infile
check "load = fast" wrong_word
finish
