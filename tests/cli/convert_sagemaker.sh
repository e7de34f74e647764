# For SageMaker: no header, the label first with its codes mapped in ascending order to 0, 1, ...,
# then only the sensors of the catalogue; plain numbers.
. "$TESTS/cli/lib.sh"
sample drop 4 1
printf '3\t73\t0\t90\t0\n20\t80\t1\t100\t1\n100\t90\t2\t115\t0\n3\t100\t0\t130\t1\n' >drop/profile.txt
printf '1e-6\n-12e-12\n123456789012345\n12e10\n' >drop/TS1.txt
for label in cooler valve pump accumulator stable; do
    show derrick convert drop --columns samples --format sagemaker --label "$label" --set limits.TS1=-1..1e15 -o -
done
derrick convert drop --columns samples --format sagemaker --label cooler -o - 2>/dev/null >cooler.csv
# The seventeen sensors equal those of the historical layout.
derrick convert drop --columns samples -o - 2>/dev/null | tail -n +2 | cut -d, -f15- | cmp - <(cut -d, -f2- cooler.csv)
grep -c '[^0-9.,-]' cooler.csv || true
for options in "" "--label" "--label bogus" "--label Cooler" "--label 3"; do
    # shellcheck disable=SC2086 # a list of options
    show derrick convert drop --columns samples --format sagemaker $options
done
show derrick convert drop --columns samples --label cooler
show derrick convert drop --columns samples --format pdf
ls
