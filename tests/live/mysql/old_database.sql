-- A database as the scripts before derrick made and filled it, in small: two readings, two sensors, and the labels
-- that were wrong there.
CREATE DATABASE energymobile;
USE energymobile;
CREATE TABLE cooler_condition (
    cooler_id INT PRIMARY KEY, cooler_percentage FLOAT, cooler_description VARCHAR(100));
INSERT INTO cooler_condition VALUES
    (3, 0.03, 'close to total failure'), (20, 0.2, 'reduced efficiency'),
    (100, 1, 'close to total failure');
CREATE TABLE valve_condition (
    valve_id INT PRIMARY KEY, valve_percentage FLOAT, valve_description VARCHAR(100));
INSERT INTO valve_condition VALUES
    (100, 1, 'optimal switching behavior'), (90, 0.9, 'small lag'), (80, 0.8, 'severe lag'),
    (73, 0.73, 'closer to total failure');
CREATE TABLE internal_pump_leakage (leakage_level INT PRIMARY KEY, pump_description VARCHAR(100));
INSERT INTO internal_pump_leakage VALUES (0, 'no leakage'), (1, 'weak leakage');
CREATE TABLE hydraulic_accumulator_bar (
    pressure_bar INT PRIMARY KEY, hydraulic_description VARCHAR(100));
INSERT INTO hydraulic_accumulator_bar VALUES (130, 'optimal pressure');
CREATE TABLE stable_flag (flag_value INT PRIMARY KEY, flag_description VARCHAR(100));
INSERT INTO stable_flag VALUES (0, 'conditions were stable');
CREATE TABLE target_condition (
    condition_id INT AUTO_INCREMENT PRIMARY KEY,
    cooler_condition INT, valve_condition INT, internal_pump_leakage INT,
    hydraulic_accumulator_bar INT, stable_flag INT,
    FOREIGN KEY (cooler_condition) REFERENCES cooler_condition (cooler_id),
    FOREIGN KEY (valve_condition) REFERENCES valve_condition (valve_id),
    FOREIGN KEY (internal_pump_leakage) REFERENCES internal_pump_leakage (leakage_level),
    FOREIGN KEY (hydraulic_accumulator_bar) REFERENCES hydraulic_accumulator_bar (pressure_bar),
    FOREIGN KEY (stable_flag) REFERENCES stable_flag (flag_value));
INSERT INTO target_condition VALUES (1, 3, 100, 0, 130, 0), (2, 100, 73, 1, 130, 0);
CREATE TABLE sensor_data (
    data_id INT AUTO_INCREMENT PRIMARY KEY,
    well_number INT, sensor_name VARCHAR(10), date_time DATETIME, cumulative_minutes INT,
    cohort INT, sensor_value FLOAT, target_condition INT,
    FOREIGN KEY (target_condition) REFERENCES target_condition (condition_id));
INSERT INTO sensor_data (well_number, sensor_name, date_time, cumulative_minutes, cohort,
                         sensor_value, target_condition) VALUES
    (1, 'PS1', '2008-03-26 00:00:00', 0, 1, 151.47, 1),
    (1, 'TS1', '2008-03-26 00:00:00', 0, 1, 35.57, 1),
    (1, 'PS1', '2008-03-26 01:00:00', 60, 1, 151.33, 2),
    (1, 'TS1', '2008-03-26 01:00:00', 60, 1, 35.492, 2);
