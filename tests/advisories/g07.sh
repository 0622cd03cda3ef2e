#!/usr/bin/env bash
# G07: a dependency with a known flaw, or one that was withdrawn (yanked), fails the build. Proves both under our own deny.toml with
# made-up facts about a crate of our own lock file, without a network: an advisory, and a copy of cargo's index in which the
# crate is yanked. Then asks the real database and the real index; where they cannot be reached, says so.
# Exit 0: proved, and 0 found. 1: a made-up fault passed, or a real one is found. 3: proved, but the database is out of reach.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
home=${CARGO_HOME:-$HOME/.cargo}
crates=$(grep -c '^name = ' Cargo.lock)

# The made-up database: one advisory against url, mended in the version that is given.
advisory() {
  rm -rf "$work/database" "$work/fetched"
  mkdir -p "$work/database/crates/url"
  printf '```toml\n[advisory]\nid = "RUSTSEC-2026-9999"\npackage = "url"\ndate = "2026-01-01"\n\n[versions]\npatched = [">= %s"]\n```\n\n# A made-up flaw\n\nIt exists to see the build fail.\n' "$1" \
    >"$work/database/crates/url/RUSTSEC-2026-9999.md"
  git -C "$work/database" init -q -b main
  git -C "$work/database" add -A
  git -C "$work/database" -c user.name=veille -c user.email=veille@example.org commit -qm "a made-up flaw"
}
# Our own rules, with the made-up database: git reads its address from the folder, so that nothing leaves this machine.
sed "s|^\[advisories\]|&\ndb-path = \"$work/fetched\"\ndb-urls = [\"https://advisories.example/database\"]|" deny.toml >"$work/deny.toml"
made_up() {
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$work/database.insteadOf" GIT_CONFIG_VALUE_0=https://advisories.example/database \
    cargo deny --config "$work/deny.toml" --log-level error "$@" >"$work/said" 2>&1
}
refused_for() {
  grep -q "$1" "$work/said" || { cat "$work/said"; echo "g07: the check failed for another reason than $1"; exit 1; }
}

advisory 99.0.0
if made_up check advisories; then echo "g07: a dependency with a known flaw was let through"; exit 1; fi
refused_for RUSTSEC-2026-9999
echo "g07: a made-up flaw fails the build, as it should"

# A home of cargo of its own: crates shared, the index copied.
mkdir -p "$work/cargo/registry"
cp -a "$home/registry/index" "$work/cargo/registry/index"
ln -s "$home/registry/cache" "$home/registry/src" "$work/cargo/registry/"
[ ! -f "$home/config.toml" ] || cp "$home/config.toml" "$work/cargo/"
advisory 0.0.1
made_up fetch db || { cat "$work/said"; exit 1; }
index=$(find "$work/cargo/registry/index" -path '*/.cache/3/u/url')
[ -n "$index" ] || { echo "g07: cargo's index of url is not where it is looked for"; exit 1; }
with_index() { (export CARGO_HOME="$work/cargo" PATH="$home/bin:$PATH"; made_up --offline check advisories); }
with_index || { cat "$work/said"; echo "g07: refused although nothing is wrong"; exit 1; }
sed -i 's/"yanked": *false/"yanked":true/g' $index
if with_index; then echo "g07: a dependency that was yanked was let through"; exit 1; fi
refused_for yanked
echo "g07: a made-up withdrawal fails the build, as it should"

made_up check advisories || { cat "$work/said"; echo "g07: a crate of Cargo.lock was withdrawn"; exit 1; }
echo "g07: 0 of $crates crates withdrawn, says cargo's index"

if cargo deny --log-level error check advisories >"$work/said" 2>&1; then
  echo "g07: 0 unexplained advisories for $crates crates"
elif grep -qE "failed to (fetch|load) advisory database" "$work/said"; then
  echo "g07: ADVISORIES NOT CHECKED: not known for $crates crates, the database cannot be fetched from here; run this where it can"
  exit 3
else
  cat "$work/said"
  echo "g07: unexplained advisories: $(grep -cE '^(error|warning)\[' "$work/said") for $crates crates"
  exit 1
fi
