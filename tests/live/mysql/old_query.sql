-- The export query of the scripts before derrick: a pivot of sensor_data, met with the conditions.
SELECT
    s.cohort,
    s.date_time,
    s.cumulative_minutes,
    cc.cooler_percentage,
    cc.cooler_description,
    vc.valve_percentage,
    vc.valve_description,
    t.internal_pump_leakage,
    pl.pump_description,
    t.hydraulic_accumulator_bar,
    ha.hydraulic_description,
    t.stable_flag,
    sf.flag_description,
    MAX(CASE WHEN s.sensor_name = 'PS1' THEN s.sensor_value END) AS pressure_bar_1,
    MAX(CASE WHEN s.sensor_name = 'PS2' THEN s.sensor_value END) AS pressure_bar_2,
    MAX(CASE WHEN s.sensor_name = 'PS3' THEN s.sensor_value END) AS pressure_bar_3,
    MAX(CASE WHEN s.sensor_name = 'PS4' THEN s.sensor_value END) AS pressure_bar_4,
    MAX(CASE WHEN s.sensor_name = 'PS5' THEN s.sensor_value END) AS pressure_bar_5,
    MAX(CASE WHEN s.sensor_name = 'PS6' THEN s.sensor_value END) AS pressure_bar_6,
    MAX(CASE WHEN s.sensor_name = 'EPS1' THEN s.sensor_value END) AS motor_power_w,
    MAX(CASE WHEN s.sensor_name = 'FS1' THEN s.sensor_value END) AS volume_flow_min_1,
    MAX(CASE WHEN s.sensor_name = 'FS2' THEN s.sensor_value END) AS volume_flow_min_2,
    MAX(CASE WHEN s.sensor_name = 'TS1' THEN s.sensor_value END) AS temperature_1,
    MAX(CASE WHEN s.sensor_name = 'TS2' THEN s.sensor_value END) AS temperature_2,
    MAX(CASE WHEN s.sensor_name = 'TS3' THEN s.sensor_value END) AS temperature_3,
    MAX(CASE WHEN s.sensor_name = 'TS4' THEN s.sensor_value END) AS temperature_4,
    MAX(CASE WHEN s.sensor_name = 'VS1' THEN s.sensor_value END) AS vibration,
    MAX(CASE WHEN s.sensor_name = 'CE' THEN s.sensor_value END) AS cooling_efficiency,
    MAX(CASE WHEN s.sensor_name = 'CP' THEN s.sensor_value END) AS cooling_power,
    MAX(CASE WHEN s.sensor_name = 'SE' THEN s.sensor_value END) AS efficiency_factor_percent
FROM sensor_data s
JOIN target_condition t ON s.target_condition = t.condition_id
JOIN cooler_condition cc ON t.cooler_condition = cc.cooler_id
JOIN valve_condition vc ON t.valve_condition = vc.valve_id
JOIN internal_pump_leakage pl ON t.internal_pump_leakage = pl.leakage_level
JOIN hydraulic_accumulator_bar ha ON t.hydraulic_accumulator_bar = ha.pressure_bar
JOIN stable_flag sf ON t.stable_flag = sf.flag_value
GROUP BY s.cohort, s.date_time
ORDER BY s.cohort, s.date_time;
