#!/bin/sh
# Make sure that the tests of faults find strace, which ends processes before a chosen call: the system's, else Debian's package.
set -eu

if command -v strace >/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing strace (once)"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends strace
    exit 0
fi
echo "The tests of faults need strace, which only Linux has; without it those that kill are skipped. Install it (Debian: sudo apt-get install strace)." >&2
