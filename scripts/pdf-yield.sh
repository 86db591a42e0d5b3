#!/usr/bin/env bash
# Compares what is found in PDF files with what is found in the text that pdftotext (poppler-utils) makes of
# them: ./scripts/pdf-yield.sh PATH… tells every file and identifier of which less is found, and sums up.
# LAKEGATE names the program, PDFTOTEXT_OPTION an option such as -layout.
set -euo pipefail
cd "$(dirname "$0")/.."
lakegate=${LAKEGATE:-target/release/lakegate}
for tool in pdftotext jq "$lakegate"; do
  command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Identifiers and counts of one object, a line each.
found() {
  local code=0
  "$lakegate" scan "$1" --output jsonl >"$work/scan" 2>"$work/errors" || code=$?
  case $code in
    0 | 3 | 4) ;; # clean, findings, not fully read
    *) cat "$work/errors" >&2; exit 1 ;;
  esac
  jq -r '.detections[]? | "\(.type) \(.count)"' "$work/scan" | sort
}

files=0 behind=0 ours=0 theirs=0
while IFS= read -r -d '' file; do
  pdftotext ${PDFTOTEXT_OPTION:+"$PDFTOTEXT_OPTION"} "$file" "$work/text.txt" 2>/dev/null || continue
  found "$file" >"$work/ours"
  found "$work/text.txt" >"$work/theirs"
  files=$((files + 1))
  ours=$((ours + $(awk '{ sum += $2 } END { print sum + 0 }' "$work/ours")))
  theirs=$((theirs + $(awk '{ sum += $2 } END { print sum + 0 }' "$work/theirs")))
  less=$(join -a 2 -e 0 -o 0,1.2,2.2 "$work/ours" "$work/theirs" | awk '$2 < $3')
  if [ -n "$less" ]; then
    behind=$((behind + 1))
    printf '%s\n%s\n' "$file" "$less"
  fi
done < <(find "$@" -type f -iname '*.pdf' -print0 | sort -z)
printf '%s files: %s found, %s in the text of pdftotext; behind in %s files\n' "$files" "$ours" "$theirs" "$behind"
