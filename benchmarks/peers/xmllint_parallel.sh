#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unzip, then GNU parallel over xmllint.
. "$(dirname "$0")/xmllint_lib.sh"
documents "$@" > "$dir/list"
batch=$(($(wc -l < "$dir/list") / jobs + 1))
export dir
cut -f1 "$dir/list" | sort -u | while IFS= read -r schema; do
    awk -F '\t' -v s="$schema" '$1 == s { printf "%s%c", $2, 0 }' "$dir/list" |
        parallel -0 --will-cite -j "$jobs" -N "$batch" \
            "xmllint --nonet --noout --schema '$schema' {} 2> \"\$dir/err/{#}.\$\$\" || :"
done
verdicts
