#!/usr/bin/env bash
# Proves the Debian package: makes it, installs it into a Debian that has next to nothing, uses it there without a network, takes
# it off again. packaging/prove.sh [PROFILE]: of target/release unless another profile is named; nothing is compiled.
# What is missing on this machine is skipped, and said.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=${1:-release}
folder=$profile
[ "$profile" = dev ] && folder=debug
say() { printf '   %s\n' "$*"; }
skip() { printf '\n!! SKIPPED: %s\n' "$*"; }

if ! cargo deb --version >/dev/null 2>&1; then
  skip 'the Debian package: cargo-deb is not installed (cargo install --locked cargo-deb)'
  exit 0
fi
packaging/assemble.sh "target/$folder/castkeep"
mkdir -p target/debian
rm -f target/debian/*.deb
cargo deb --quiet --locked --no-build --profile "$profile" --output target/debian/ >/dev/null
deb=$(ls target/debian/*.deb)
say "$(basename "$deb"): $(stat -c %s "$deb") bytes"
if command -v lintian >/dev/null; then
  lintian --fail-on error --suppress-tags initial-upload-closes-no-bugs --allow-root "$deb"
else
  skip 'lintian: it is not installed'
fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
  skip 'the installed package: needs root, and debootstrap'
  exit 0
fi

# Debian as it is on this machine, from where this machine has its packages.
read -r mirror suite < <(apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' | grep -v -e security -e updates -e backports | head -n 1)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
if ! timeout 300 debootstrap --variant=minbase "$suite" "$root/debian" "$mirror" > "$root/log" 2>&1; then
  skip "the installed package: debootstrap failed: $(tail -n 1 "$root/log")"
  exit 0
fi
inside() { unshare --net chroot "$root/debian" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }
files() { (cd "$root/debian" && find . -xdev -not -path './var/lib/dpkg/*' -not -path './var/log/*' | LC_ALL=C sort); }
fail() { printf 'packaging/prove.sh: %s\n' "$*" >&2; exit 1; }

files > "$root/before"
cp "$deb" "$root/debian/castkeep.deb"
inside dpkg -i /castkeep.deb > "$root/log" 2>&1 || fail "dpkg -i: $(cat "$root/log")"
rm "$root/debian/castkeep.deb"
version=$(inside castkeep --version)
[ "$version" = "castkeep $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)" ] || fail "it is $version"
say "installed: $version"

for page in castkeep castkeep-sync castkeep-export-opml; do
  gzip -t "$root/debian/usr/share/man/man1/$page.1.gz" || fail "no page $page"
  if command -v man >/dev/null; then
    warnings=$(man --warnings -l "$root/debian/usr/share/man/man1/$page.1.gz" 2>&1 >/dev/null)
    [ -z "$warnings" ] || fail "$page.1: $warnings"
  fi
done
for file in doc/castkeep/copyright doc/castkeep/changelog.Debian.gz doc/castkeep/README.md zsh/vendor-completions/_castkeep \
  fish/vendor_completions.d/castkeep.fish; do
  [ -s "$root/debian/usr/share/$file" ] || fail "no /usr/share/$file"
done

# The demo has its own host on loopback, which is all the network there is.
unshare --net sh -c 'ip link set lo up 2>/dev/null || true; exec chroot "$0" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/root castkeep demo /root/demo' \
  "$root/debian" > "$root/log" 2>&1 || fail "castkeep demo: $(cat "$root/log")"
inside castkeep --config /root/demo/config.toml verify > "$root/log" || fail "castkeep verify: $(cat "$root/log")"
say "demo: $(cat "$root/log")"
offered=$(inside bash -c 'source /usr/share/bash-completion/completions/castkeep
  COMP_WORDS=(castkeep --archive /root/demo/archive show two-); COMP_CWORD=4 COMP_TYPE=9
  _clap_complete_castkeep castkeep two- show; echo "${COMPREPLY[*]}"')
[ "$offered" = two-kettles ] || fail "bash completes \"$offered\""
say "bash completes: $offered"
if command -v systemd-analyze >/dev/null; then
  # It looks for the program, too, which is in the new Debian alone.
  mkdir "$root/units"
  sed "s#=/usr/bin/castkeep#=$root/debian/usr/bin/castkeep#" "$root/debian/usr/lib/systemd/user/castkeep.service" > "$root/units/castkeep.service"
  cp "$root/debian/usr/lib/systemd/user/castkeep.timer" "$root/units"
  warnings=$(XDG_RUNTIME_DIR=$root systemd-analyze verify --user --man=no "$root"/units/* 2>&1) || fail "the units: $warnings"
  [ -z "$warnings" ] || fail "the units: $warnings"
  say 'the units are whole'
else
  skip 'systemd-analyze: it is not there'
fi
rm -r "$root/debian/root/demo"

inside dpkg --purge castkeep > "$root/log" 2>&1 || fail "dpkg --purge: $(cat "$root/log")"
files > "$root/after"
left=$(comm -13 "$root/before" "$root/after")
[ -z "$left" ] || fail "it leaves behind: $left"
say 'removed: nothing is left'
