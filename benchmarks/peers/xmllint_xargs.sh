#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unzip, then xmllint on as many processes as there are jobs.
. "$(dirname "$0")/xmllint_lib.sh"
documents "$@" | sort -s -t $'\t' -k1,1 > "$dir/list"
if [[ $# -eq 1 && $1 != *=* ]]; then
    batch=$(($(wc -l < "$dir/list") / jobs + 1))
    cut -f2 "$dir/list" | tr '\n' '\0' | schema=$1 xargs -0 -P "$jobs" -n "$batch" sh -c \
        'xmllint --nonet --noout --schema "$schema" "$@" 2> "$dir/err/$$" || :' -
else
    batches | xargs -0 -P "$jobs" -n 1 sh -c 'read -r schema < "$1"
        xargs -0 xmllint --nonet --noout --schema "$schema" < "${1%.schema}" 2> "$dir/err/$$" || :' -
fi
verdicts
