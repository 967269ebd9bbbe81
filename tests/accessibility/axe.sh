#!/bin/sh
# Puts axe-core, which looks at pages with the eyes of WCAG, into build/axe, once, from Maven Central by coordinates.
set -eu

folder=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)/build/axe
artifact=com.deque.html.axe-core:playwright:4.10.1

[ -s "$folder/axe.min.js" ] && exit 0
mkdir -p "$folder"
# Tests run in several processes: one fetches, the others wait for it.
exec 8> "$folder/lock"
flock 8
[ -s "$folder/axe.min.js" ] && exit 0
mvn --quiet --batch-mode dependency:copy -Dartifact="$artifact" -DoutputDirectory="$folder"
"${PYTHON:-python3}" -m zipfile -e "$folder"/playwright-*.jar "$folder/jar"
mv "$folder/jar/axe.min.js" "$folder/axe.min.js"
