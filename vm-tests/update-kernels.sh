#!/bin/sh
# Pins the newest kernels of Debian 12 (6.1), Debian 13 (6.12) and Debian unstable in kernels.txt, with the checksums
# of the archive that this machine's apt is set to. Writes nothing else; needs no root.
set -eu
here=$(dirname "$(readlink -f "$0")")
table=$here/kernels.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shellcheck disable=SC2016  # a format of apt's
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | head -n 1)
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
for suite in bookworm trixie sid; do
  echo "deb $archive $suite main"
done >"$work/sources.list"
apt() {
  tool=$1
  shift
  "$tool" -oDir::Etc::sourcelist="$work/sources.list" -oDir::Etc::sourceparts=/dev/null \
    -oDir::State::lists="$work/lists" -oDir::Cache="$work/cache" -oAPT::Sandbox::User="$(id -un)" "$@"
}
newest() { # pattern of package names
  apt apt-cache pkgnames | grep -E "^$1\$" | sort -V | tail -n 1
}
pin() { # name in the table, package
  apt apt-cache show "$2" | sed '/^$/q' | awk -v name="$1" '
    /^SHA256:/ { sum = $2 }
    /^Filename:/ { path = $2 }
    END { print name, sum, path }'
}

apt apt-get -qq update
stable=$(newest 'linux-binary-[0-9.]+\+deb[0-9]+-amd64')
stable=${stable#linux-binary-}
series=$(echo "$stable" | cut -d. -f1-2)
{
  sed -n '/^#/p' "$table"
  pin 6.1 "$(newest 'linux-image-6\.1\.0-[0-9]+-amd64-unsigned')"
  pin 6.12 "$(newest 'linux-image-6\.12\.[0-9]+\+deb13-amd64-unsigned')"
  pin 7.2 "linux-binary-$stable"
  pin 7.2 "linux-modules-$stable"
  pin source-7.2 "linux-source-$series"
  pin headers-7.2 linux-libc-dev
} >"$work/kernels.txt"
if cmp -s "$work/kernels.txt" "$table"; then
  echo "kernels.txt is as new as the archive"
else
  cp "$work/kernels.txt" "$table"
  cat "$table"
fi
