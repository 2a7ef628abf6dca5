#!/usr/bin/env bash
# Records the sessions of `archive`, into FOLDER (default: target/bench-sessions). Takes some minutes. Wants npm, Chromium
# and Debian's archive, from which the photographs come (mate-backgrounds: 12 nature photographs).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(realpath -m "${1:-$here/../../target/bench-sessions}")
mkdir -p "$folder"
photos=$folder/photographs
if [ ! -d "$photos/usr" ]; then
  (cd "$folder" && apt-get download mate-backgrounds && dpkg-deb -x mate-backgrounds_*.deb "$photos" && rm mate-backgrounds_*.deb)
fi
cd "$here"
[ -d node_modules ] || npm install --no-save --no-audit --no-fund --loglevel=error
node record.mjs "$folder" "$photos/usr/share/backgrounds/mate/nature"
