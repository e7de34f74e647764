# A drop without a profile gets the newest one of its own rig, or else of its site, never of another
# site. A notice always says which one it is, with its run and day.
. "$TESTS/cli/lib.sh"
new_workspace . 1
quarter() { # SITE WELL SEED [CODES]: loads a quarter of that rig, with a profile of those codes or without
    sample drop 1 1 "$3"
    rm -f drop/profile.txt
    [ $# -lt 4 ] || echo -e "$4" >drop/profile.txt
    show derrick load drop --columns samples --set rig.site="$1" --set rig.well="$2" | steady
    rm -r drop
}
quarter texas 1 1 '3\t73\t0\t90\t0'
quarter arizona 1 2 '100\t100\t0\t130\t1'
quarter texas 1 3                 # not arizona's, which is newer
quarter texas 2 4                 # of the site
quarter utah 1 5                  # of nowhere
quarter texas 2 6 '20\t80\t1\t100\t0'
quarter texas 1 7                 # its own, though its site has a newer one
quarter texas 3 8                 # the newest of the site
derrick export -o - | cut -d, -f1,2,5,7
