#!/bin/sh
# Makes the archive that is installed, and the same tree unpacked, which a checkout's launcher runs:
#   target/trueno-zram-VERSION/{bin,lib,pages,LICENSE}, target/trueno-zram-VERSION.tar.gz
#
# usage: package.sh VERSION JAVA_HOME      (Maven runs it, after the jars are in target)
set -eu
version=$1
export JAVA_HOME=$2
agent=$(dirname "$(readlink -f "$0")")
target=$agent/target
tree=$target/trueno-zram-$version

rm -rf "$tree"
mkdir -p "$tree/lib"
cp -a "$agent/src/main/dist/." "$tree"
cp -a "$target"/lib/*.jar "$agent/../.mvn/jdk25" "$tree/lib"
cp -a "$target/trueno-zram-agent-$version.jar" "$tree/lib/trueno-zram-agent.jar"
cp -a "$agent/../engine/pages" "$agent/../LICENSE" "$tree"
# jffi's own library, which it would otherwise unpack into /tmp at each start.
for machine in x86_64 aarch64; do
  (cd "$tree/lib" && "$JAVA_HOME/bin/jar" xf jffi-*-native.jar "jni/$machine-Linux")
done

# Training runs, whose classes the caches keep, and what the JVM has learnt of them. The agent's takes a device over,
# and rehearses requests of the ublk driver. Without a cache everything works, and starts more slowly.
runtime=$(mktemp -d)
log=$target/training.log
trap 'rm -rf "$runtime"' EXIT
export TRUENO_ZRAM_RUNTIME_DIR="$runtime"
trueno_zram() {
  "$tree/bin/trueno-zram" "$@"
}
await_agent() {
  tries=0
  until trueno_zram list || [ "$tries" -ge 100 ]; do
    tries=$((tries + 1))
  done
}
{
  "$tree/bin/trueno-zram" agent &
  await_agent
  trueno_zram create --size 16M --backend nbd
  kill $!
  wait $!
  ZRAM_AGENT_TRAIN=1 JDK_JAVA_OPTIONS=-Dtrueno.zram.rehearsalMillis=3000 "$tree/bin/trueno-zram" agent &
  await_agent
  ZRAM_AGENT_TRAIN=1 trueno_zram list
  trueno_zram remove zram0
  kill $!
  wait $!
} >"$log" 2>&1 || echo "package.sh: no caches for a faster start: see $log" >&2

tar -C "$target" --sort=name --owner=0 --group=0 --numeric-owner -c "trueno-zram-$version" | gzip -1 >"$tree.tar.gz.new"
mv "$tree.tar.gz.new" "$tree.tar.gz"
