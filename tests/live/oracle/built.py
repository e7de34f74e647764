"""Which parts of the contract derrick has by now: cases of the others are not made yet.

A part is added here with the commit that builds it; then its cases are random cases like all others.
"""

PARTS = {"auto", "bursts", "numbers", "identity", "quality", "hands", "hands in export", "names", "empty",
         "replace", "corrected", "fewer", "rigs", "limits", "quarantine_max"}

# All of them:
#
#   "rigs": two rigs in one database; profiles by rig and site; the same values for another rig
#   "identity": the same cells in another form are the same drop, whatever `columns` is
#   "replace": --replace needs --cohort, and never makes one cohort a copy of another
#   "corrected": at least 90 % of a loaded cohort's values
#   "fewer": the share is of the drop's own values, also where files are missing
#   "names": near and temporary names
#   "empty": what looks like a delivery and can't be read
#   "auto": columns = auto; "bursts": another length than the rig's
#   "numbers": --future and --gap
#   "limits": [limits], --allow-out-of-range; "quality": the table sensor_quality; "quarantine_max"
#   "hands": rows and values changed by hand; "hands in export": seen by an export that is up to date


def has(*parts):
    return set(parts) <= set(PARTS)
