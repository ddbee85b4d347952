#!/bin/sh
# Make sure that the browser tests find a Chromium: the system's, else Debian's package, else Playwright's download.
set -eu

python=$1

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if "$python" -m tests.browser.chromium; then exit 0; fi # Playwright has one already

# Ubuntu's package of this name only points to snap, which does not run in containers
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! grep -qi '^ID=ubuntu' /etc/os-release; then
    echo "Installing Chromium and fonts (once)"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends chromium fonts-inter fonts-noto-cjk
    exit 0
fi

echo "Downloading Playwright’s Chromium (once)"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    "$python" -m playwright install --with-deps chromium && exit 0
else
    "$python" -m playwright install chromium && "$python" -m tests.browser.chromium --start 2>/dev/null && exit 0
fi
echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium fonts-inter fonts-noto-cjk), then run make test again." >&2
exit 1
