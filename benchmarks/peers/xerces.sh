#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Xerces-C's SAX2Count on as many processes as there are jobs. It takes schemas only from hints in
# the documents, so it gets an archive in which they stand. ARCHIVE JOBS
set -euo pipefail
archive=$(realpath "$1") jobs=$2
dir=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")") # memory, if there is a place
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in" "$dir/err"
unzip -q "$archive" -d "$dir/in"
cd "$dir/in"
export dir
batch=$(($(find . -type f | wc -l) / jobs + 1))
find . -type f -print0 | xargs -0 -P "$jobs" -n "$batch" sh -c \
    'printf "%s\n" "$@" > "$dir/list.$$"; SAX2Count -v=always -f -l "$dir/list.$$" > "$dir/err/$$" 2>&1 || :' -
# "FILE: 12 ms (...)" of each document it got through, errors before that.
cat "$dir"/err/* | awk '
    function document(line) { sub(/^\.\//, "", line); return line }
    /^(Fatal )?Error at file / {
        name = $0; sub(/^(Fatal )?Error at file /, "", name); sub(/, line [0-9]+, char [0-9]+$/, "", name)
        sub(/^.*\/in\//, "", name); name = document(name)
        if (/^Fatal/) bad[name] = "malformed"; else if (!(name in bad)) bad[name] = "invalid" }
    /: [0-9]+ ms \(/ { name = $0; sub(/: [0-9]+ ms \(.*$/, "", name); seen[document(name)] }
    END { for (name in bad) { print name "\t" bad[name]; delete seen[name] }
          for (name in seen) print name "\tvalid" }'
