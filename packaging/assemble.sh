#!/bin/sh
# Writes what a package holds beside the program, with the program itself: packaging/assemble.sh [PROGRAM]
# into target/package: man pages, completions.
set -eu
cd "$(dirname "$0")/.."
program=${1:-target/release/castkeep}
[ -x "$program" ] || { echo "$program is not there: cargo build --release" >&2; exit 1; }
rm -rf target/package
mkdir -p target/package/completions
"$program" --quiet man --out target/package/man
"$program" completions bash > target/package/completions/castkeep
"$program" completions zsh > target/package/completions/_castkeep
"$program" completions fish > target/package/completions/castkeep.fish
