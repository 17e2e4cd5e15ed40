#!/usr/bin/env bash
# Installs the Chromium that the dashboard's tests drive, where none is there yet: Debian's and Ubuntu's package, as root or through
# sudo. CHROMIUM=/path/to/it takes another one.
set -euo pipefail

for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$candidate" ] && command -v "$candidate" > /dev/null; then
    echo "Chromium is there: $(command -v "$candidate")"
    exit 0
  fi
done

if ! command -v apt-get > /dev/null; then
  echo "no Chromium found and no apt-get to install one with: install it by hand, or set CHROMIUM to its path" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
"${as_root[@]}" apt-get update
"${as_root[@]}" apt-get install -y --no-install-recommends chromium
