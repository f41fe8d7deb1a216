#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Xerces-C's SAX2Count on as many processes as there are jobs. It takes schemas only from hints in
# the documents, so it gets an archive in which they stand. ARCHIVE JOBS
set -euo pipefail
archive=$(realpath "$1") jobs=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in" "$dir/err"
unzip -q "$archive" -d "$dir/in"
cd "$dir/in"
export dir
batch=$(($(find . -type f | wc -l) / (jobs * 4) + 1))
find . -type f -print0 | xargs -0 -P "$jobs" -n "$batch" sh -c \
    'SAX2Count -v=always -n -s -f "$@" > "$dir/err/$$" 2>&1 || :' -
find . -type f | sed 's|^\./||' > "$dir/all"
cat "$dir"/err/* | awk -v all="$dir/all" '
    /^Error at file / { name = $0; sub(/^Error at file /, "", name); sub(/, line [0-9]+, char [0-9]+$/, "", name)
        sub(/^.*\/in\//, "", name); sub(/^\.\//, "", name); if (!(name in bad)) bad[name] = "invalid" }
    /^Fatal Error at file / { name = $0; sub(/^Fatal Error at file /, "", name); sub(/, line [0-9]+, char [0-9]+$/, "", name)
        sub(/^.*\/in\//, "", name); sub(/^\.\//, "", name); bad[name] = "malformed" }
    END { while ((getline name < all) > 0) print name "\t" (name in bad ? bad[name] : "valid") }'
