# --print-sql prints the schema that init creates, for SQLite and for a server, and creates nothing.
. "$TESTS/cli/lib.sh"
needs sqlite3
derrick init --print-sql >sqlite.sql
ls
derrick init w >/dev/null
sqlite3 printed.db <sqlite.sql
sqlite3 printed.db <sqlite.sql # safe to repeat
for question in .schema '.dump sensors' '.dump cooler_condition' '.dump valve_condition' \
    '.dump internal_pump_leakage' '.dump hydraulic_accumulator_bar' '.dump stable_flag' \
    'PRAGMA application_id' 'SELECT * FROM schema_info'; do
    diff <(sqlite3 printed.db "$question") <(sqlite3 w/energymobile.db "$question")
done
sqlite3 printed.db '.tables' | tr -s ' ' '\n' | sort

# A database that a DBA created from it works unchanged.
sample drop 2 1
derrick load -q drop --cohort 1 --db sqlite:printed.db
sqlite3 -header printed.db 'SELECT * FROM sensors; SELECT * FROM cooler_condition;
    SELECT * FROM valve_condition; SELECT * FROM internal_pump_leakage;
    SELECT * FROM hydraulic_accumulator_bar; SELECT * FROM stable_flag'

derrick init --print-sql --db mysql://db.example.com/energymobile >server.sql
grep -c 'ENGINE=InnoDB' server.sql
grep -c '^CREATE TABLE' server.sql
ls
