#!/usr/bin/env bash
# The benchmarks: builds Wend, gets the peers, measures, prints the tables. docs/benchmarks.md explains them.
#   bash test/bench/run.sh                                         the full size: 50 M events, about half an hour
#   bash test/bench/run.sh --sizes 1000000 --only questions        small, one part
#   bash test/bench/run.sh --sizes 20000000,50000000,100000000     how times grow
#   bash test/bench/run.sh --ingest-events 20000000                the long ingestion
#   bash test/bench/run.sh --write                                 put the tables into docs/benchmarks.md too
# Every flag of `bench run -h` works. WEND_BENCH_SIZES, WEND_BENCH_INGEST_EVENTS and WEND_BENCH_DIR set their defaults;
# WEND_BENCH_PROGRAM names a wend that is built already.
set -euo pipefail
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0
dir=${WEND_BENCH_DIR:-.cache/bench}
args=(--sizes "${WEND_BENCH_SIZES:-50000000}" --ingest-events "${WEND_BENCH_INGEST_EVENTS:-2000000}")
for a in "$@"; do
  if [ "$a" = --write ]; then args+=(--write docs/benchmarks.md); else args+=("$a"); fi
done

mkdir -p .cache/bench-bin
program=${WEND_BENCH_PROGRAM:-}
if [ -z "$program" ]; then # the flags of `make build`, so that what it compiled is used again
  program=.cache/bench-bin/wend
  tags=(); [ -f web/dist/index.html ] && tags=(-tags ui)
  go build -trimpath "${tags[@]}" -ldflags '-s -w' -o "$program" ./cmd/wend
fi
go build -trimpath -o .cache/bench-bin/bench ./test/bench
if ! (cd test/bench && node -e "
  for (const [name, version] of Object.entries(require('./package.json').dependencies))
    if (require('./node_modules/' + name + '/package.json').version !== version) process.exit(1)") 2>/dev/null; then
  # Not `npm ci`, for the reason given in .ci/install.
  (cd test/bench && npm install --no-save --no-audit --no-fund >&2)
fi
exec .cache/bench-bin/bench run --root . --program "$program" --dir "$dir" "${args[@]}"
