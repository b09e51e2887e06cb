#!/usr/bin/env bash
# Measures the engine with the queue referee, a program of its own: queues.sh FOLDER_OF_THE_REFEREE [its options].
# Example: bench/queues.sh ../shared/bench/queues --reps 3 --tests enqueue,drain,latency,grown
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
referee=$(cd "${1:?folder of the queue referee}" && pwd -P)
shift
dotnet build "$here/Penstock.Bench" -c Release -clp:NoSummary -v quiet
program=$here/Penstock.Bench/bin/Release/net10.0/Penstock.Bench.dll
config=$(mktemp --suffix .json)
trap 'rm -f "$config"' EXIT
cat >"$config" <<JSON
[{"id": "penstock-sqlite-full", "service": "none", "cmd": ["dotnet", "$program"], "env": {"PENSTOCK_SYNC": "FULL"},
  "n": 40000, "n_bulk": 100000, "n_one": 6000, "n_one10": 20000, "n_grown": 40000, "grown": ["finished", "pending"]},
 {"id": "penstock-postgres", "service": "pg-on", "cmd": ["dotnet", "$program"], "env": {"PENSTOCK_STORE": "postgres"},
  "n": 20000, "n_bulk": 100000, "n_one": 3000, "n_one10": 10000, "n_grown": 20000, "grown": ["finished", "pending"]},
 {"id": "penstock-postgres-50k-pending", "service": "pg-on", "cmd": ["dotnet", "$program"], "env": {"PENSTOCK_STORE": "postgres"},
  "n": 20000, "n_grown": 20000, "grow": 50000, "grown": ["pending"], "tests": ["grown"]},
 {"id": "penstock-postgres-500k-pending", "service": "pg-on", "cmd": ["dotnet", "$program"], "env": {"PENSTOCK_STORE": "postgres"},
  "n": 20000, "n_grown": 20000, "grow": 500000, "grown": ["pending"], "tests": ["grown"]}]
JSON
export PB_DIR=${PB_DIR:-$(mktemp -d)}
python3 "$referee/bench.py" --config "$config" --only penstock --out "${PENSTOCK_BENCH_OUT:-$here/results/queues.jsonl}" "$@"
