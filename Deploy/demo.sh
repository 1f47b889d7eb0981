#!/usr/bin/env bash
# Installs what is missing, builds, and shows LienThong's main job from end to end on this machine.
# Arguments go to `lienthong demo` (--json, --keep DIR). A debug build: it is ready soonest and fast enough.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What is said on the way goes to stderr, so that `--json` leaves one JSON object on stdout.
"$root/Deploy/packages.sh" build run >&2
swift build --package-path "$root" --product lienthong >&2
binary=$(swift build --package-path "$root" --product lienthong --show-bin-path)/lienthong
exec "$binary" demo "$@"
