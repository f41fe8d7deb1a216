#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# unzip, then xmllint on as many processes as there are jobs.
. "$(dirname "$0")/xmllint_lib.sh"
documents "$@" | sort -s -t $'\t' -k1,1 > "$dir/list"
batch=$(($(wc -l < "$dir/list") / jobs + 1))
export dir
cut -f1 "$dir/list" | uniq | while IFS= read -r schema; do
    awk -F '\t' -v s="$schema" '$1 == s { printf "%s%c", $2, 0 }' "$dir/list" |
        if [[ $(cut -f1 "$dir/list" | uniq | wc -l) -eq 1 ]]; then
            schema=$schema xargs -0 -P "$jobs" -n "$batch" sh -c \
                'xmllint --nonet --noout --schema "$schema" "$@" 2> "$dir/err/$$" || :' -
        else
            # Many schemas: a process for each, side by side below.
            { printf '%s\0' "$schema"; cat; } > "$dir/err.$(echo "$schema" | md5sum | cut -c1-32).batch"
        fi
done
if compgen -G "$dir/err.*.batch" > /dev/null; then
    printf '%s\0' "$dir"/err.*.batch | xargs -0 -P "$jobs" -n 1 sh -c \
        'xargs -0 xmllint --nonet --noout --schema < "$1" 2> "$dir/err/$$" || :' -
fi
verdicts
