#!/usr/bin/env bash
# A Ceph cluster of one for tests: monitor, storage in memory, S3 gateway, all on loopback and children of this script.
# usage: s3-server.sh FOLDER MONITOR_PORT GATEWAY_PORT
# Says "started" once the cluster takes commands. Then one command a line on stdin, each answered by a line:
#   user ID ACCESS SECRET [QUOTA_BYTES]   make a user
#   gateway stop | gateway start           the cluster and what it holds live on
# The end of stdin, which the death of whoever holds it is, too, ends everything and removes the folder.
set -euo pipefail
folder=$1 monitor_port=$2 gateway_port=$3
cluster=$(cat /proc/sys/kernel/random/uuid)
disk=$(cat /proc/sys/kernel/random/uuid)
mkdir -p "$folder"/{monitor,disk,gateway,log}
export CEPH_CONF=$folder/ceph.conf

cat >"$CEPH_CONF" <<CONF
[global]
fsid = $cluster
mon host = [v1:127.0.0.1:$monitor_port]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
; one copy of everything, and no complaint about it
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon data avail warn = 2
mon data avail crit = 1
osd crush update on start = false
osd class update on start = false
osd objectstore = memstore
memstore device bytes = 3221225472
osd memory target = 939524096
mon data = $folder/monitor
osd data = $folder/disk
run dir = $folder
admin socket =
log file = $folder/log/\$name.log
rgw data = $folder/gateway
rgw run sync thread = false
rgw enable usage log = false
; counted anew for each request, so that a quota holds at once
rgw bucket quota ttl = 0
[mon.a]
host = localhost
mon addr = 127.0.0.1:$monitor_port
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$gateway_port tcp_nodelay=1
CONF

daemons=()
gateway=
finish() {
  status=$?
  trap - EXIT
  # Why it did not start: whoever reads this has got no "started".
  [ "$status" = 0 ] || tail -n 5 "$folder/log/setup.out" | tr '\n' ' '
  exec 2>/dev/null # the shell tells of each child that is killed
  for pid in $gateway "${daemons[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' TERM INT

# The daemons must not hold this script's pipes: whoever reads them waits for their end.
start_gateway() {
  radosgw -f -n client.rgw.a </dev/null >"$folder/log/gateway.out" 2>&1 &
  gateway=$!
}
stop_gateway() {
  kill -KILL "$gateway"
  wait "$gateway" 2>/dev/null || true
  gateway=
}

setup() { echo "$*" >>"$folder/log/setup.out"; "$@" >>"$folder/log/setup.out" 2>&1; }
setup monmaptool --create --fsid "$cluster" --addv a "[v1:127.0.0.1:$monitor_port]" "$folder/monmap"
setup ceph-mon --mkfs -i a --monmap "$folder/monmap"
ceph-mon -f -i a </dev/null >"$folder/log/monitor.out" 2>&1 &
daemons+=($!)
setup ceph osd new "$disk"
setup ceph osd crush add osd.0 1.0 root=default host=localhost
setup ceph-osd -i 0 --mkfs --osd-uuid "$disk"
ceph-osd -f -i 0 </dev/null >"$folder/log/disk.out" 2>&1 &
daemons+=($!)
start_gateway
echo started

while read -r command argument access secret quota; do
  case "$command $argument" in
    "gateway stop") stop_gateway ;;
    "gateway start") start_gateway ;;
    "user "*)
      radosgw-admin user create --uid="$argument" --display-name="$argument" --access-key="$access" --secret-key="$secret" >/dev/null 2>&1
      if [ -n "${quota:-}" ]; then
        radosgw-admin quota set --quota-scope=user --uid="$argument" --max-size="$quota" >/dev/null 2>&1
        radosgw-admin quota enable --quota-scope=user --uid="$argument" >/dev/null 2>&1
      fi
      ;;
  esac
  echo "done"
done
