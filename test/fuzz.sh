#!/usr/bin/env bash
# Runs every fuzz target of the tree for a while: test/fuzz.sh 60s
set -euo pipefail
cd "$(dirname "$0")/.."
for pkg in $(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | grep -v node_modules); do
  for target in $(grep -hoE '^func Fuzz[A-Za-z0-9]+' "$pkg"/*_test.go | awk '{print $2}' | sort -u); do
    echo "== $pkg $target"
    go test "$pkg" -run XXX -fuzz "^$target\$" -fuzztime "${1:-60s}" -fuzzminimizetime 20x
  done
done
