#!/bin/bash
# Compares trueno-zram's NBD server with nbdkit's memory plugin, plain and with its zstd allocator: 4 KiB random reads
# and writes, depth 16, fio's nbd engine, unix sockets, one connection. The three take turns in every round; medians.
#
# usage: compare-nbdkit.sh [ROUNDS [SECONDS]]     default 5 rounds of 3 seconds each
#   SIZE_MIB    device size, default 256
#   PAGES       folder of .pages files that the devices are filled with, default the project's sample
#
# Reads find real pages. Writes carry fio's own data (--buffer_compress_percentage=60, new for every request), because
# fio cannot write from a file of pages.
set -euo pipefail
rounds=${1:-5}
seconds=${2:-3}
size_mib=${SIZE_MIB:-256}
root=$(cd "$(dirname "$0")/../.." && pwd)
pages=${PAGES:-$root/engine/pages}
for tool in nbdkit nbdcopy fio jq; do
  command -v $tool >/dev/null || { echo "missing $tool: apt-get install libnbd-bin nbdkit fio jq" >&2; exit 1; }
done

"$root/trueno-zram" --version >/dev/null # builds what is missing

dir=$(mktemp -d)
children=()
cleanup() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait
  rm -rf "$dir"
}
trap cleanup EXIT

wait_for() { # until file $1 exists, at most 60 s
  for _ in $(seq 600); do [ -e "$1" ] && return; read -rt 0.1 <> <(:) || true; done
  echo "$1 does not appear" >&2
  exit 1
}

image=$dir/image
while [ ! -e "$image" ] || [ "$(stat -c %s "$image")" -lt $((size_mib << 20)) ]; do cat "$pages"/*.pages >>"$image"; done
truncate -s "${size_mib}M" "$image"

nbdkit -f -U "$dir/memory.sock" memory "${size_mib}M" & children+=($!)
nbdkit -f -U "$dir/zstd.sock" memory "${size_mib}M" allocator=zstd & children+=($!)
"$root/trueno-zram" agent --runtime-dir "$dir/run" >"$dir/agent.log" 2>&1 & children+=($!)
wait_for "$dir/run/control.sock"
wait_for "$dir/memory.sock"
wait_for "$dir/zstd.sock"
declare -A uri=(
  [nbdkit]="nbd+unix:///?socket=$dir/memory.sock"
  [zstd]="nbd+unix:///?socket=$dir/zstd.sock"
  [trueno]=$("$root/trueno-zram" create --runtime-dir "$dir/run" --size "${size_mib}M" --backend nbd)
)
servers=(trueno nbdkit zstd)

measure() { # server rw seconds: IOPS
  local direction=${2#rand}
  # shellcheck disable=SC2046
  fio --name=run --ioengine=nbd --uri="${uri[$1]}" --rw="$2" --bs=4k --iodepth=16 --size="${size_mib}M" \
    --time_based --runtime="$3" --randrepeat=0 --norandommap --output-format=json --output="$dir/fio.json" \
    $([ "$direction" = read ] || echo --buffer_compress_percentage=60 --refill_buffers) >"$dir/fio.log"
  jq ".jobs[0].$direction.iops | floor" "$dir/fio.json"
}

median() { sort -n | sed -n "$(((rounds + 1) / 2))p"; }

jq -nc --arg cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" --argjson processors "$(nproc)" \
  --arg kernel "$(uname -r)" --arg jdk "$("$("$root/.mvn/jdk25")/bin/java" -version 2>&1 | sed -n 's/.*(build \(.*\))/\1/p' | head -n 1)" \
  --arg nbdkit "$(nbdkit --version)" --arg fio "$(fio --version)" --arg commit "$(git -C "$root" rev-parse --short HEAD)" \
  --argjson load "$(cut -d' ' -f1 /proc/loadavg)" \
  '{cpu: $cpu, processors: $processors, kernel: $kernel, jdk: $jdk, nbdkit: $nbdkit, fio: $fio, commit: $commit,
  load_average: $load}'

for server in "${servers[@]}"; do
  nbdcopy "$image" "${uri[$server]}"
  measure "$server" randread 4 >/dev/null # compilers and caches
done
for rw in randread randwrite; do
  if [ $rw = randwrite ]; then for server in "${servers[@]}"; do measure "$server" $rw 4 >/dev/null; done; fi
  for ((round = 0; round < rounds; round++)); do
    for server in "${servers[@]}"; do measure "$server" $rw "$seconds" >>"$dir/$server.$rw"; done
  done
  for server in "${servers[@]}"; do declare "$server=$(median <"$dir/$server.$rw")"; done
  jq -nc --arg rw $rw --argjson rounds "$rounds" --argjson trueno "$trueno" --argjson nbdkit "$nbdkit" \
    --argjson zstd "$zstd" '{workload: $rw, bs: 4096, iodepth: 16, rounds: $rounds, iops: {trueno: $trueno,
    nbdkit_memory: $nbdkit, nbdkit_memory_zstd: $zstd}, over_zstd: ($trueno / $zstd * 100 | round / 100),
    over_memory: ($trueno / $nbdkit * 100 | round / 100)}'
done
