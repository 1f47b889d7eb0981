#!/usr/bin/env bash
# The Debian packages that LienThong needs, and their installation when they are missing.
#
#   Deploy/packages.sh build run        what demo.sh needs
#   Deploy/packages.sh build run test   what test.sh needs
#   Deploy/packages.sh --list build     names only, one a line
set -euo pipefail

usage() {
  sed -n '2,6p' "${BASH_SOURCE[0]}" | cut -c3-
}

packages_of() {
  case $1 in
    build) # headers of the libraries that the targets of layers 0 and 1 stand on, and what the toolchain links with
      printf '%s\n' build-essential ca-certificates git libcurl4-openssl-dev libpango1.0-dev libqpdf-dev \
        libsqlite3-dev libssl-dev libxlsxwriter-dev libxml2-dev libzip-dev pkg-config zlib1g-dev
      ;;
    run) # programs and fonts used at run time; the libraries come with the packages above, install.sh adds them by itself
      printf '%s\n' ca-certificates fonts-liberation2 libengine-pkcs11-openssl poppler-utils tzdata
      ;;
    libraries) # the libraries alone, for a machine that runs a binary built elsewhere
      printf '%s\n' libcurl4 libpango-1.0-0 libpangocairo-1.0-0 libqpdf29 libsqlite3-0 libssl3 libstdc++6 \
        libxlsxwriter4 libxml2 libzip4
      ;;
    test) # other software that must agree with ours, and the checks of the scripts themselves
      printf '%s\n' chromium jq libxml2-utils openssl poppler-utils python3-venv shellcheck softhsm2 spin xmlsec1
      ;;
    *)
      echo "packages.sh: unknown group '$1' (build, run, libraries, test)" >&2
      exit 64
      ;;
  esac
}

list=no
groups=()
for argument in "$@"; do
  case $argument in
    -h | --help)
      usage
      exit 0
      ;;
    --list) list=yes ;;
    *) groups+=("$argument") ;;
  esac
done
if [ ${#groups[@]} -eq 0 ]; then
  usage >&2
  exit 64
fi

wanted=()
for group in "${groups[@]}"; do
  names=$(packages_of "$group")
  mapfile -t -O "${#wanted[@]}" wanted <<<"$names"
done
if [ "$list" = yes ]; then
  printf '%s\n' "${wanted[@]}" | sort -u
  exit 0
fi

for group in "${groups[@]}"; do
  if [ "$group" = build ] && ! command -v swift >/dev/null; then
    echo "packages.sh: no Swift toolchain in PATH; install Swift 6.2 or later from https://www.swift.org/install/linux/" >&2
    exit 1
  fi
done

if ! command -v dpkg-query >/dev/null; then
  echo "packages.sh: this is not Debian; please install what corresponds to:" >&2
  printf '  %s\n' "${wanted[@]}" | sort -u >&2
  exit 1
fi

missing=()
while read -r package; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done < <(printf '%s\n' "${wanted[@]}" | sort -u)

if [ ${#missing[@]} -eq 0 ]; then
  echo "packages.sh: all Debian packages are there (${groups[*]})"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "packages.sh: Debian packages are missing; run as root:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "packages.sh: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null
apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
