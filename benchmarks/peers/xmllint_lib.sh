# SPDX-License-Identifier: MIT
# What the two shell peers share. ARCHIVE JOBS [NAMESPACE=]SCHEMA...
set -euo pipefail
archive=$(realpath "$1") jobs=$2
shift 2
dir=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")") # memory, if there is a place
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in" "$dir/err"
unzip -q "$archive" -d "$dir/in"
cd "$dir/in"
export dir

# Lines of: schema file, tab, document. With one schema for all there is nothing to look up.
documents() {
    if [[ $# -eq 1 && $1 != *=* ]]; then
        find . -type f | sed "s|^|$1\t|"
    else
        find . -type f -print0 | perl -e '
            my %schema = map { /^(.*)=(.*)$/ ? ($1, $2) : ("", $_) } @ARGV;
            local $/ = "\0";
            for my $file (<STDIN>) {
                chomp $file;
                open my $in, "<", $file or next;
                read $in, my $head, 8192;
                $head =~ s/<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>//gs;
                my ($prefix, $rest) = $head =~ /<([\w.-]+:)?[\w.-]+([^>]*)/ or next;
                my $name = defined $prefix ? "xmlns:" . substr($prefix, 0, -1) : "xmlns";
                my ($ns) = $rest =~ /(?:^|\s)\Q$name\E\s*=\s*["\x27]([^"\x27]*)/;
                print "$schema{$ns // q()}\t$file\n" if exists $schema{$ns // q()};
            }' "$@"
    fi
}

# A file of documents for each schema, to be taken by a process, and the schema beside it.
batches() {
    awk -F '\t' -v dir="$dir" '
        $1 != schema { close(file); file = dir "/batch." ++n; schema = $1
                       print schema > (file ".schema"); close(file ".schema") }
        { printf "%s%c", $2, 0 > file }' "$dir/list"
    printf '%s\0' "$dir"/batch.*.schema
}

# xmllint says "FILE validates" and "FILE fails to validate", and neither of a malformed one.
verdicts() {
    cat "$dir"/err/* |
        sed -n 's|^\./\(.*\) validates$|\1\tvalid|p; s|^\./\(.*\) fails to validate$|\1\tinvalid|p' |
        awk -F '\t' 'NR == FNR { said[$1] = $2; next }
            { name = substr($2, 3); print name "\t" (name in said ? said[name] : "malformed") }' - \
            "$dir/list"
}
