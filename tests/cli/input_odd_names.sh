# Names in upper or lower case, with a date, or with another ending.
. "$TESTS/cli/lib.sh"
new_traps
accepted "case and ending" "mv TS1.txt ts1.TXT; mv TS2.txt Ts2.Tsv; mv TS3.txt TS3.csv; mv PS1.txt pS1.tXt
    mv profile.txt PROFILE.tsv"
accepted "dates" "mv PS1.txt PS1-2023-06-01.txt; mv PS2.txt ps2_2023Q2.tsv; mv PS3.txt 'PS3 2023_06_01.txt'
    mv PS4.txt PS4.20230601.txt; mv PS5.txt PS5-20230601T1200.txt; mv PS6.txt PS6-2023-W23.txt
    mv SE.txt SE_2023.CSV; mv profile.txt Profile-2023.TXT"
accepted "dates before the name" "mv PS1.txt 2026-09-30_PS1.txt; mv PS2.txt 20260930-ps2.tsv; mv profile.txt '2026-09-30 profile.txt'
    gzip TS1.txt; mv TS1.txt.gz 2026-Q3.TS1.txt.gz"
spoil "by name in messages and in quarantine" "mv TS1.txt 'ts1 2023-06-01.TXT'; put 'ts1 2023-06-01.TXT' 2 2 NaN"
show derrick -C ws load "$PWD/drop" --quarantine
cat ws/quarantine/run1.tsv
