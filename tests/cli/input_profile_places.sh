# derrick searches for the profile beside the logs, above them, in profile/, and in the workspace's
# profile/. It reports a profile that it does not use, unless that one is identical.
. "$TESTS/cli/lib.sh"
new_traps
other="sed 's/^3\t/20\t/' ../good/profile.txt"
accepted "in profile/" "mkdir profile; mv profile.txt profile"
accepted "in Profile/" "mkdir Profile; mv profile.txt Profile/PROFILE.TXT"
accepted "below the logs" "mkdir logs; mv *.txt logs; mkdir logs/profile; mv logs/profile.txt logs/profile"
accepted "beside a folder of logs" "mkdir data; mv [A-Z]*.txt data"
accepted "beside profile/ of a folder of logs" "mkdir data profile; mv [A-Z]*.txt data; mv profile.txt profile"
accepted "twice, the same" "mkdir profile; cp profile.txt profile"
accepted "twice, another" "mkdir profile; $other >profile/profile.txt"
accepted "beside the logs and above" "mkdir data; mv *.txt data; $other >profile.txt"
refused "two beside each other" "cp profile.txt PROFILE.TXT"
refused "two in profile/" "mkdir profile; mv profile.txt profile; cp profile/profile.txt profile/profile-2023.txt"
refused "nowhere" "rm profile.txt"

echo "- of the workspace"
spoil "the drop contains none" "rm profile.txt"
cp good/profile.txt ws/profile
show derrick -C ws check "$PWD/drop" | steady
spoil "the drop has another" "$other >profile.txt"
show derrick -C ws check "$PWD/drop" | steady
spoil "that of the workspace is bad" "rm profile.txt; put ../ws/profile/profile.txt 1 1 4"
show derrick -C ws check "$PWD/drop" | steady
