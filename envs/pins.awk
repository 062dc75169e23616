# Write the lock's versions into a conda environment:
#   awk -f envs/pins.awk envs/requirements.txt envs/environment.yaml
# The name on conda-forge may end in -base where that in the lock does not.

NR == FNR {
    if (match($0, /^[a-z0-9-]+==[^ ;]+/)) {
        split(substr($0, RSTART, RLENGTH), entry, "==")
        version[entry[1]] = entry[2]
    }
    next
}

/^  - [a-z0-9-]+=/ {
    split($2, pin, "=")
    name = pin[1]
    sub(/-base$/, "", name)
    if (name in version) $0 = "  - " pin[1] "=" version[name]
}

{ print }
