#!/bin/sh
# Installs the Debian packages that the window needs and Python lacks, when it may; else names them in one line.
# Usage: packaging/system-packages.sh [window | test]
set -eu

packages="python3-venv libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
if [ "${1:-window}" = test ]; then
    packages="$packages xvfb xauth aravis-tools postgresql xdotool openbox dbus at-spi2-core
python3-gi gir1.2-atspi-2.0 gir1.2-gst-rtsp-server-1.0"
fi

command -v dpkg-query >/dev/null 2>&1 || exit 0 # not a Debian system: the README names what is needed

missing=""
for package in $packages; do
    # A 64-bit-time rebuild of a library provides the old name.
    if ! dpkg-query -W -f '${Status}\n${Provides}\n' "$package" 2>/dev/null | grep -q '^install ok installed' &&
        ! dpkg-query -W -f '${Status} ${Provides}\n' 2>/dev/null | grep '^install ok installed' | grep -qw "$package"; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    run=""
elif sudo -n true 2>/dev/null; then
    run="sudo"
else
    echo "missing system packages; please run: sudo apt-get install$missing" >&2
    exit 1
fi
echo "installing system packages:$missing"
$run apt-get update -q >/dev/null
# shellcheck disable=SC2086 -- a list of words
DEBIAN_FRONTEND=noninteractive $run apt-get install -q -y --no-install-recommends $missing >/dev/null
