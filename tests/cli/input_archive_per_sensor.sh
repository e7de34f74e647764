# One archive for each sensor's file is not a drop; derrick says what to do.
. "$TESTS/cli/lib.sh"
needs python3
new_traps
python3 - <<'END'
import os, zipfile
for name in os.listdir("good"):
    with zipfile.ZipFile(f"ws/logs/{name[:-4]}.zip", "w") as archive:
        archive.write(f"good/{name}", name)
END
for options in "" --allow-missing; do
    expect_exit 3 derrick -C ws run $options 2>&1
done
expect_nothing_loaded ws
expect_exit 3 derrick check ws/logs/PS1.zip 2>&1
mv ws/logs/PS1.zip drop.zip
echo "- the name alone says nothing"
show derrick check drop.zip --cohorts 2 --allow-missing 2>&1
