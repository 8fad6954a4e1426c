#!/bin/sh
# Builds the kernel's own ublk test server, the ceiling for any ublk server, from Debian's source package.
# Needs gcc, liburing-dev and xz-utils; takes a minute, for the package is large.
#
# usage: build-kublk.sh FILE
set -eu
[ $# -eq 1 ] || {
  sed -n '5s/^# //p' "$0" >&2
  exit 2
}
table=$(dirname "$(readlink -f "$0")")/../kernels.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016  # a format of apt's
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | head -n 1)
for package in source-7.2 headers-7.2; do
  grep "^$package " "$table" | {
    read -r _ sum path
    /usr/lib/apt/apt-helper -qq -oAPT::Sandbox::User="$(id -un)" download-file "$archive$path" "$work/deb" "SHA256:$sum"
  }
  dpkg -x "$work/deb" "$work"
done
tar -C "$work" --strip-components=1 --wildcards -xf "$work"/usr/src/linux-source-*.tar.xz '*/tools/testing/selftests/ublk'

# liburing before 2.4 lacks what only the server's batch mode calls.
cat >"$work/batch-buffers.c" <<'C'
#include <errno.h>
#include <liburing.h>
#pragma weak io_uring_setup_buf_ring
#pragma weak io_uring_free_buf_ring
struct io_uring_buf_ring *io_uring_setup_buf_ring(struct io_uring *r, unsigned n, int g, unsigned f, int *error) {
	(void)r, (void)n, (void)g, (void)f;
	*error = -ENOSYS;
	return NULL;
}
int io_uring_free_buf_ring(struct io_uring *r, struct io_uring_buf_ring *b, unsigned n, int g) {
	(void)r, (void)b, (void)n, (void)g;
	return -ENOSYS;
}
C
cd "$work/tools/testing/selftests/ublk"
rm metadata_size.c
gcc -O2 -w -D_GNU_SOURCE -isystem "$work/usr/include" ./*.c "$work/batch-buffers.c" -luring -lpthread -lm -o "$1"
