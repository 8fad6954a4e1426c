#!/bin/sh
# Builds a User-Mode Linux kernel from Debian's linux-source package of kernels.txt, with ublk, nbd and zram as modules.
# Programs in its guests run natively, so this is where figures of speed mean something. Takes a quarter of an hour on
# two processors and about 3 GB; needs gcc, make, flex, bison, bc, libelf-dev, xz-utils, kmod.
#
# usage: build-uml.sh FOLDER      (gets linux and lib/modules/VERSION; then: -Dtrueno.zram.uml=FOLDER)
set -eu
[ $# -eq 1 ] || {
  sed -n '5,6s/^# //p' "$0" >&2
  exit 2
}
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$1"
target=$(readlink -f "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016  # a format of apt's
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | head -n 1)
sed -n 's/^source-7.2 //p' "$here/kernels.txt" | {
  read -r sum path
  /usr/lib/apt/apt-helper -oAPT::Sandbox::User="$(id -un)" download-file "$archive$path" "$work/source.deb" "SHA256:$sum"
}
dpkg -x "$work/source.deb" "$work"
mkdir "$work/linux"
tar -C "$work/linux" --strip-components=1 -xf "$work"/usr/src/linux-source-*.tar.xz
rm -r "$work/source.deb" "$work/usr"

cd "$work/linux"
make -s ARCH=um defconfig
scripts/config \
  -e SMP --set-val NR_CPUS 8 -e MODULES -e MODULE_UNLOAD -e HOSTFS -e OVERLAY_FS -e TMPFS -e TMPFS_XATTR -e DEVTMPFS \
  -e SYSFS -e PROC_FS -e CONFIGFS_FS -e DEBUG_FS -e CGROUPS -e MEMCG -e IO_URING -e AIO -e EVENTFD -e FUTEX -e SWAP \
  -e MAGIC_SYSRQ -e UNIX -e INET -e EXT4_FS -e XFS_FS -e BLK_DEV -e BLK_DEV_LOOP -m BLK_DEV_NULL_BLK \
  -m BLK_DEV_UBLK -m BLK_DEV_NBD -m ZRAM -e ZRAM_BACKEND_LZ4 -e ZRAM_BACKEND_LZ4HC -e ZRAM_BACKEND_ZSTD \
  -e ZRAM_MULTI_COMP -e ZRAM_MEMORY_TRACKING -e SSL -e STDERR_CONSOLE -e NULL_CHAN
make -s ARCH=um olddefconfig
make -s ARCH=um -j"$(nproc)" linux modules
make -s ARCH=um INSTALL_MOD_PATH="$work/root" modules_install
rm -rf "$target/linux" "$target/lib"
strip -o "$target/linux" linux
cp -r "$work/root/lib" "$target/lib"
echo "$target: Linux $(ls "$target/lib/modules")"
