// The historical CSV by DuckDB: node duckdb.mjs MODULES DROP CSV
//
// It reads typed columns and requests only the needed ones, with DuckDB's own buffer size and one
// connection per processor, because one alone does not keep two processors busy. Twelve variants were
// timed in turn (lines split by DuckDB or typed columns, one connection or two, three buffer sizes).
// Of those that use both processors, this one took the least processor time. It converts no other cells.
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";

const [modules, drop, csv] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(modules + "/package.json")("@duckdb/node-api");

const COHORTS = 60;
const PRESSURES = ["PS1", "PS2", "PS3", "PS4", "PS5", "PS6"];
const RATES = Object.assign(
    Object.fromEntries([...PRESSURES, "EPS1"].map((name) => [name, 100])),
    { FS1: 10, FS2: 10, TS1: 1, TS2: 1, TS3: 1, TS4: 1, VS1: 1, CE: 1, CP: 1, SE: 1 });
const COLUMNS = {
    PS1: "pressure_bar_1", PS2: "pressure_bar_2", PS3: "pressure_bar_3", PS4: "pressure_bar_4",
    PS5: "pressure_bar_5", PS6: "pressure_bar_6", EPS1: "motor_power_w", FS1: "volume_flow_min_1",
    FS2: "volume_flow_min_2", TS1: "temperature_1", TS2: "temperature_2", TS3: "temperature_3",
    TS4: "temperature_4", VS1: "vibration", CE: "cooling_efficiency", CP: "cooling_power",
    SE: "efficiency_factor_percent",
};
// Table, its column in the profile, and its rows.
const CONDITIONS = [
    ["cooler", "code INTEGER, cooler_percentage DOUBLE, cooler_description VARCHAR",
        "(3, 0.03, 'close to total failure'), (20, 0.2, 'reduced efficiency'), (100, 1, 'full efficiency')"],
    ["valve", "code INTEGER, valve_percentage DOUBLE, valve_description VARCHAR",
        "(100, 1, 'optimal switching behavior'), (90, 0.9, 'small lag'), (80, 0.8, 'severe lag'), " +
        "(73, 0.73, 'close to total failure')"],
    ["pump", "code INTEGER, pump_description VARCHAR",
        "(0, 'no leakage'), (1, 'weak leakage'), (2, 'severe leakage')"],
    ["accumulator", "code INTEGER, hydraulic_description VARCHAR",
        "(130, 'optimal pressure'), (115, 'slightly reduced pressure'), " +
        "(100, 'severely reduced pressure'), (90, 'close to total failure')"],
    ["stable", "code INTEGER, flag_description VARCHAR",
        "(0, 'conditions were stable'), (1, 'static conditions might not have been reached yet')"],
];

function tableOf(sensor, rate) {
    const columns = Array.from({ length: COHORTS * rate }, (_, i) => `'c${i}': 'DOUBLE'`);
    const wanted = Array.from({ length: COHORTS }, (_, i) => `c${i * rate}`);
    return `CREATE TABLE ${sensor} AS
        SELECT row_number() OVER () - 1 AS reading, [${wanted.join(", ")}] AS value
        FROM read_csv('${drop}/${sensor}.txt', columns = {${columns.join(", ")}}, delim = '\\t',
            quote = '', escape = '', header = false, auto_detect = false, max_line_size = 100000)`;
}

const PROFILE = `CREATE TABLE profile AS
    SELECT row_number() OVER () - 1 AS reading, *
    FROM read_csv('${drop}/profile.txt', delim = '\\t', header = false, auto_detect = false,
        columns = {'cooler': 'INTEGER', 'valve': 'INTEGER', 'pump': 'INTEGER',
                   'accumulator': 'INTEGER', 'stable': 'INTEGER'})`;

// One row per reading: the lists of all sensors are unrolled side by side, one cohort per step.
const READINGS = `
    SELECT reading, unnest(range(1, ${COHORTS + 1})) AS cohort,
        ${Object.entries(COLUMNS).map(([name, column]) => `unnest(${name}.value) AS ${column}`).join(", ")}
    FROM ${Object.keys(COLUMNS).join(" JOIN ").replaceAll(/ JOIN (\w+)/g, " JOIN $1 USING (reading)")}`;

const EXPORT = `COPY (
    SELECT 'texas-1' AS rig_name, cohort,
        TIMESTAMP '2008-03-26 00:00:00' + to_days(92 * (cohort - 1)::INTEGER) + to_hours(reading)
            AS date_time,
        60 * reading AS cumulative_minutes,
        cooler_percentage, cooler_description, valve_percentage, valve_description,
        pump AS internal_pump_leakage, pump_description,
        accumulator AS hydraulic_accumulator_bar, hydraulic_description,
        stable AS stable_flag, flag_description, ${Object.values(COLUMNS).join(", ")}
    FROM (${READINGS}) JOIN profile USING (reading)
        ${CONDITIONS.map(([name]) => `JOIN ${name}_condition ON ${name}_condition.code = ${name}`).join(" ")}
    ORDER BY cohort, reading
) TO '${csv}' (HEADER)`;

const database = await DuckDBInstance.create(":memory:");
const main = await database.connect();
for (const [name, columns, rows] of CONDITIONS) {
    await main.run(`CREATE TABLE ${name}_condition (${columns})`);
    await main.run(`INSERT INTO ${name}_condition VALUES ${rows}`);
}
const statements = [...Object.entries(RATES).map(([name, rate]) => tableOf(name, rate)), PROFILE];
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    const connection = await database.connect();
    while (statements.length > 0)
        await connection.run(statements.shift());
}));
await main.run(EXPORT);
