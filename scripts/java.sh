#!/bin/sh
# Make sure that Spark finds Java 17 or newer: the one on the PATH or in JAVA_HOME, else Debian's package.
set -eu

suitable() {
    java=java
    if [ -n "${JAVA_HOME:-}" ]; then java=$JAVA_HOME/bin/java; fi
    major=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${major:-0}" -ge 17 ]
}

if suitable; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Java (once)"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends openjdk-17-jre-headless ||
        DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends default-jre-headless
    if suitable; then exit 0; fi
fi
echo "The Spark tests need Java 17 or newer; found: $(java -version 2>&1 | head -n 1)." >&2
echo "Install it (Debian: sudo apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set JAVA_HOME." >&2
exit 1
