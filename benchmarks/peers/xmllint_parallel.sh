#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unzip, then GNU parallel over xmllint.
. "$(dirname "$0")/xmllint_lib.sh"
documents "$@" | sort -s -t $'\t' -k1,1 > "$dir/list"
if [[ $# -eq 1 && $1 != *=* ]]; then
    batch=$(($(wc -l < "$dir/list") / jobs + 1))
    cut -f2 "$dir/list" | tr '\n' '\0' | parallel -0 --will-cite -j "$jobs" -N "$batch" \
        "xmllint --nonet --noout --schema '$1' {} 2> \"\$dir/err/{#}.\$\$\" || :"
else
    batches | parallel -0 --will-cite -j "$jobs" 'read -r schema < {}
        xargs -0 xmllint --nonet --noout --schema "$schema" < {.} 2> "$dir/err/{#}" || :'
fi
verdicts
