#!/bin/sh
# Installs what is missing of packages.txt: packages.sh run | test | long. Each part includes the ones before it.
# Asks dpkg first, so that a machine which has everything pays a few milliseconds and needs neither network nor sudo.
set -eu
part=${1:?usage: packages.sh run|test|long}
list=$(dirname "$0")/../packages.txt

wanted=$(awk -v last="$part" '
  /^# part / { sub(":", "", $3); if (seen) exit; seen = $3 == last; next }
  NF && !/^#/ { print $1 }' "$list")
command -v dpkg-query >/dev/null || {
  echo "packages.sh: not a Debian system; please install what packages.txt names" >&2
  exit 0
}
missing=
for package in $wanted; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# A tool that is there without its package (cmake from elsewhere) counts too: only what cannot be run is installed.
for package in $missing; do
  case $package in
  cmake | make | gcc | curl | python3 | clang | clang-tidy | clang-format) command -v "$package" >/dev/null && continue ;;
  ninja-build) command -v ninja >/dev/null && continue ;;
  esac
  needed="${needed:-} $package"
done
[ -n "${needed:-}" ] || exit 0

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "installing:$needed"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # one word per package
$as_root apt-get install -y -qq --no-install-recommends $needed
