#!/usr/bin/env bash
# Measures the engine on PostgreSQL beside a transaction that stays open: horizon.sh FOLDER_OF_THE_REFEREE [SECONDS, 300 if not given].
# Rounds of jobs are enqueued in bulk and drained at 100 slots, for that long without anything else and for that long beside such a transaction.
# Each round is one line of JSON; the last line compares the two.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
referee=$(cd "${1:?folder of the queue referee}" && pwd -P)
seconds=${2:-300}
round=${PENSTOCK_BENCH_ROUND:-100000}
dotnet build "$here/Penstock.Bench" -c Release -clp:NoSummary -v quiet
program=$here/Penstock.Bench/bin/Release/net10.0/Penstock.Bench.dll
out=${PENSTOCK_BENCH_OUT:-$here/results/horizon.jsonl}
rm -f "$out.part" # Of a run that was broken off: its rounds are no part of this one.
export PB_DIR=${PB_DIR:-$(mktemp -d)} PENSTOCK_STORE=postgres
export PB_PG_URL=postgresql://postgres@127.0.0.1:${PB_PGPORT:-55432}/bench
services() { bash "$referee/services.sh" "$1" pg-on; }
services start >/dev/null
holder=
end() {
  # Closing its input ends the session, and with it the transaction.
  [ -z "$holder" ] || { exec 3>&-; wait "$holder" || true; }
  services stop >/dev/null
}
trap end EXIT

for horizon in free pinned; do
  services reset >/dev/null
  dotnet "$program" setup >/dev/null
  if [ $horizon = pinned ]; then
    pipe=$(mktemp -u); mkfifo "$pipe"
    psql -X -q -o /dev/null "$PB_PG_URL" <"$pipe" & holder=$!
    exec 3>"$pipe"; rm "$pipe"
    echo "begin isolation level repeatable read; select count(*) from job;" >&3
  fi
  until=$((SECONDS + seconds))
  while [ $SECONDS -lt $until ]; do
    for command in "enqueue --mode bulk --clients 1" "drain --concurrency 100"; do
      # shellcheck disable=SC2086
      dotnet "$program" $command --n "$round" | sed "s/^{/{\"horizon\":\"$horizon\",\"at\":\"$(date -u +%FT%TZ)\",/" | tee -a "$out.part"
    done
  done
done
python3 - "$out.part" <<'PY' | tee -a "$out.part"
import json, statistics, sys
rounds = [json.loads(line) for line in open(sys.argv[1])]
speed = {h: [r["n"] / r["seconds"] for r in rounds if r["horizon"] == h and r["cmd"] == "drain"] for h in ("free", "pinned")}
free, pinned = (statistics.median(speed[h]) for h in ("free", "pinned"))
tail = statistics.median(speed["pinned"][-max(1, len(speed["pinned"]) // 4):])
print(json.dumps({"drain_free": round(free), "drain_pinned": round(pinned), "ratio": round(pinned / free, 3),
                  "drain_pinned_last_quarter": round(tail), "ratio_last_quarter": round(tail / free, 3)}))
PY
cat "$out.part" >>"$out" && rm "$out.part"
