#!/usr/bin/env bash
# Installs LienThong for good: release build with the Swift runtime inside, a user of its own, sandboxed units.
#
#   Deploy/install.sh [--prefix /usr/local] [--destdir DIR] [--binary FILE]
#
#   --prefix   where bin/ stands on the machine that will run it
#   --destdir  put everything below DIR instead (no root needed, no user made, systemd left alone)
#   --binary   install this program instead of building one
#
# Nothing that is configured already is overwritten.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

prefix=/usr/local
destdir=
binary=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --destdir | --binary)
      if [ $# -lt 2 ] || [ -z "$2" ]; then
        echo "install.sh: $1 needs a value" >&2
        exit 64
      fi
      case $1 in
        --prefix) prefix=${2%/} ;;
        --destdir) destdir=${2%/} ;;
        --binary) binary=$2 ;;
      esac
      shift 2
      ;;
    -h | --help)
      sed -n '2,10p' "${BASH_SOURCE[0]}" | cut -c3-
      exit 0
      ;;
    *)
      echo "install.sh: unknown argument '$1'" >&2
      exit 64
      ;;
  esac
done
case $prefix in
  /*) ;;
  *)
    echo "install.sh: --prefix must be an absolute path" >&2
    exit 64
    ;;
esac
if [ -z "$destdir" ] && [ "$(id -u)" -ne 0 ]; then
  echo "install.sh: run it as root, or give --destdir DIR" >&2
  exit 1
fi

if [ -z "$binary" ]; then
  "$root/Deploy/packages.sh" build run
  echo "install.sh: building (this takes some minutes)"
  swift build --package-path "$root" -c release --static-swift-stdlib --product lienthong
  binary=$(swift build --package-path "$root" -c release --static-swift-stdlib --product lienthong --show-bin-path)/lienthong
elif [ -z "$destdir" ]; then
  "$root/Deploy/packages.sh" libraries run
fi

echo "install.sh: $destdir$prefix/bin/lienthong"
install -D -m 0755 "$binary" "$destdir$prefix/bin/lienthong.new"
# A machine that only runs the program may lack binutils; it works unstripped too.
if command -v strip >/dev/null; then strip "$destdir$prefix/bin/lienthong.new"; fi
# Renamed into place: a running connector keeps its own file until it is started again.
mv "$destdir$prefix/bin/lienthong.new" "$destdir$prefix/bin/lienthong"

install -d -m 0750 "$destdir/etc/lienthong" "$destdir/var/lib/lienthong"
install -m 0640 "$root/Deploy/lienthong.example.yaml" "$destdir/etc/lienthong/lienthong.example.yaml"
if [ ! -e "$destdir/etc/lienthong/axis.env" ]; then
  install -m 0640 "$root/Deploy/systemd/axis.env" "$destdir/etc/lienthong/axis.env"
fi
for unit in "$root"/Deploy/systemd/*.service; do
  name=$(basename "$unit")
  echo "install.sh: $destdir/etc/systemd/system/$name"
  install -d "$destdir/etc/systemd/system"
  sed "s|/usr/local/bin/|$prefix/bin/|" "$unit" >"$destdir/etc/systemd/system/$name"
  chmod 0644 "$destdir/etc/systemd/system/$name"
done

if [ -n "$destdir" ]; then
  echo "install.sh: done below $destdir (no user made, systemd not told)"
  exit 0
fi

if ! getent passwd lienthong >/dev/null; then
  echo "install.sh: making the system user lienthong"
  useradd --system --user-group --home-dir /var/lib/lienthong --no-create-home --shell /usr/sbin/nologin lienthong
fi
chown -R root:lienthong /etc/lienthong
chown lienthong:lienthong /var/lib/lienthong
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

cat <<'NEXT'
install.sh: installed. Next:
  1. cp /etc/lienthong/lienthong.example.yaml /etc/lienthong/agency.yaml   and fill it in
  2. lienthong config check --config /etc/lienthong/agency.yaml
  3. systemctl enable --now lienthong@agency     (the name is the configuration file's)
NEXT
