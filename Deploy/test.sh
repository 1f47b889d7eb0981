#!/usr/bin/env bash
# Everything that must hold: packages, format, scripts, build, units, demo, README, tests. Says each step and its time.
#
#   Deploy/test.sh          what a change must pass
#   Deploy/test.sh --long   and what takes longer: long rounds in the tests, the release build installed and started
#
# LIENTHONG_SAMPLES=required makes missing samples (../shared/samples or LIENTHONG_SAMPLES_DIR) a failure.
set -euo pipefail
exec </dev/null
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

long=no
for argument in "$@"; do
  case $argument in
    --long) long=yes ;;
    -h | --help)
      sed -n '2,7p' "${BASH_SOURCE[0]}" | cut -c3-
      exit 0
      ;;
    *)
      echo "test.sh: unknown argument '$argument'" >&2
      exit 64
      ;;
  esac
done

# A crash must end the run, not wait for a debugger on a pipe.
export SWIFT_BACKTRACE=${SWIFT_BACKTRACE:-enable=no}
if [ "$long" = yes ]; then export LIENTHONG_LONG=1; fi

scratch=$(mktemp -d)
current=start
finish() {
  status=$?
  rm -rf "$scratch"
  if [ "$status" -ne 0 ]; then echo "test.sh: FAILED in step: $current (exit $status)" >&2; fi
  exit "$status"
}
trap finish EXIT

step() {
  current=$1
  shift
  local from=$SECONDS
  echo "== $current"
  "$@"
  echo "== $current: $((SECONDS - from)) s"
}

check_format() {
  swift format lint --strict --parallel --recursive --configuration .swift-format \
    Package.swift Sources Tests Schemas Mappings
}

check_scripts() {
  shellcheck Deploy/*.sh .ci/run
}

build_all() {
  swift build --build-tests
  binary=$(swift build --show-bin-path)/lienthong
}

# The files land where they should, and systemd reads the units without a complaint.
check_installation() {
  Deploy/install.sh --destdir "$scratch/root" --binary "$binary" >"$scratch/install.log"
  test -x "$scratch/root/usr/local/bin/lienthong"
  test -f "$scratch/root/etc/lienthong/lienthong.example.yaml"
  "$scratch/root/usr/local/bin/lienthong" --help >/dev/null
  if command -v systemd-analyze >/dev/null; then
    mkdir "$scratch/units"
    for unit in "$scratch"/root/etc/systemd/system/*.service; do
      # The program stands below the scratch folder here; verify wants to see it.
      sed "s|^ExecStart=/|ExecStart=$scratch/root/|" "$unit" >"$scratch/units/$(basename "$unit")"
    done
    cp "$scratch/units/lienthong@.service" "$scratch/units/lienthong@agency.service"
    systemd-analyze verify --man=no "$scratch"/units/lienthong@agency.service "$scratch"/units/lienthong-axis.service \
      >"$scratch/units.log" 2>&1 || {
      cat "$scratch/units.log" >&2
      return 1
    }
    if grep -E 'lienthong' "$scratch/units.log" >&2; then return 1; fi
  else
    echo "systemd-analyze is not here: the units are not verified"
  fi
}

# One letter accepted, two refused, as the agency and the authority both saw it.
check_demo() {
  "$binary" demo --json >"$scratch/demo.json"
  jq -e '(.letters | length) == 3
    and ([.letters[].decision] | sort) == ["accept", "reject", "reject"]
    and all(.letters[] | select(.decision == "accept"); .dossierType == "01" and (.dossierCode | length) > 0
      and .sentStatuses == ["01", "03", "04", "05", "06"] and .receivedStatuses == .sentStatuses)
    and all(.letters[] | select(.decision == "reject"); (.codes | length) > 0
      and (.sentStatuses | index("02")) != null and .receivedStatuses == .sentStatuses)
    and (.others | length) > 0' "$scratch/demo.json" >/dev/null || {
    cat "$scratch/demo.json" >&2
    return 1
  }
  jq -r '"the demo took \(.seconds) s"' "$scratch/demo.json"
}

# Every link leads somewhere, and every command of the README does what it says, in its order, in one shell.
check_readme() {
  local link
  while read -r link; do
    test -e "$link" || {
      echo "README.md: $link is not there" >&2
      return 1
    }
  done < <(grep -oE '\]\([A-Z][^):#]*' README.md | cut -c3- | sort -u)
  {
    # shellcheck disable=SC2016 # expanded when the trap runs
    echo 'trap "kill \$(jobs -p) 2>/dev/null || true" EXIT'
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md
  } >"$scratch/readme.sh"
  TMPDIR=$scratch timeout 900 bash -xeuo pipefail "$scratch/readme.sh" >"$scratch/readme.log" 2>&1 || {
    tail -n 60 "$scratch/readme.log" >&2
    return 1
  }
}

# The cross-check of what we sign, from PyPI, in a virtual environment of this run only.
install_peers() {
  if python3 -m venv "$scratch/pyhanko" &&
    "$scratch/pyhanko/bin/pip" install -q --disable-pip-version-check pyHanko==0.38.0 pyhanko-cli==0.6.0; then
    export LIENTHONG_PYHANKO=$scratch/pyhanko/bin/pyhanko LIENTHONG_PYHANKO_REQUIRED=1
  else
    echo "PyPI is not reached: what we sign is not checked by pyHanko, those tests say that they skip"
  fi
}

run_tests() {
  # One after the other: many tests measure time or start processes, and the machine may have two cores.
  swift test --skip-build --no-parallel 2>&1 | tee "$scratch/tests.log" || {
    # Whoever sees only the last lines must see what failed.
    echo "== what failed"
    grep -aE -A 3 'recorded an issue|^✘ (Test|Suite)|Fatal error|error: .*Test|signal code' "$scratch/tests.log" | tail -n 80
    return 1
  }
}

install_release() {
  Deploy/install.sh --destdir "$scratch/release"
  "$scratch/release/usr/local/bin/lienthong" --help >/dev/null
}

step "packages" Deploy/packages.sh build run test
step "format" check_format
step "scripts" check_scripts
step "build" build_all
step "installation" check_installation
step "demo" check_demo
step "README" check_readme
if [ "$long" = yes ]; then step "release build" install_release; fi
step "pyHanko" install_peers
step "tests" run_tests
echo "test.sh: all steps passed in $SECONDS s"
grep -E 'Test run with [0-9]+ tests' "$scratch/tests.log" | tail -n 1
