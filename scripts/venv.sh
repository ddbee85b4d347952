#!/bin/sh
# Make sure that a virtual environment has exactly the pinned requirements: scripts/venv.sh FOLDER REQUIREMENTS…
#
# Each requirements file is copied into the environment once installed, so a later run that finds equal copies does nothing,
# and a changed file has the environment made anew instead of patched.
set -eu

venv=$1
shift

suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if suitable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Rapport needs Python 3.11 or newer; found only: $(python3 --version 2>&1 || echo none)." >&2
    echo "Install it, or name it: make … PYTHON=/path/to/python3.12" >&2
    exit 1
}

make_venv() {
    python=$(find_python)
    echo "Creating $venv with $("$python" --version)"
    rm -rf "$venv"
    # Debian and Ubuntu keep ensurepip in a package of its own
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qqy --no-install-recommends "$package"
        else
            echo "$python cannot create environments yet. Run: sudo apt-get install $package" >&2
            exit 1
        fi
    fi
    "$python" -m venv "$venv"
}

if ! suitable "$venv/bin/python"; then
    make_venv
else
    for file in "$@"; do
        installed="$venv/installed-$file"
        if [ -e "$installed" ] && ! cmp -s "$file" "$installed"; then
            make_venv
            break
        fi
    done
fi

for file in "$@"; do
    installed="$venv/installed-$file"
    if [ ! -e "$installed" ]; then
        echo "Installing $file (once, takes a minute)"
        "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --requirement "$file"
        cp "$file" "$installed"
    fi
done
