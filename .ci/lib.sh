# Sourced by the scripts beside it: where things are, and how they speak.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# What is installed for this checkout alone; git ignores it.
tools=$root/.tools
# shellcheck disable=SC2034
target=${CARGO_TARGET_DIR:-$root/target}
# The profile of Cargo.toml that serving and testing build with.
profile=serve

export PATH="$tools/bin:$root/.ci/site/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
# Answers no question that an installer may ask.
export DEBIAN_FRONTEND=noninteractive

say() {
    printf '%s\n' "$*"
}

# Ends with a plain sentence.
give_up() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Whether all these commands are there.
have() {
    local it
    for it; do
        command -v "$it" >/dev/null || return 1
    done
}

# 4000 -> 1 h 06 min 40 s
duration() {
    local s=$1
    if ((s >= 3600)); then
        printf '%d h %02d min %02d s' $((s / 3600)) $((s % 3600 / 60)) $((s % 60))
    elif ((s >= 60)); then
        printf '%d min %02d s' $((s / 60)) $((s % 60))
    else
        printf '%d s' "$s"
    fi
}

# The version of a package in Cargo.lock.
locked_version() {
    awk -v name="$1" '
        $1 == "name" { found = ($3 == "\"" name "\"") }
        $1 == "version" && found { gsub(/"/, "", $3); print $3; exit }
    ' Cargo.lock
}
