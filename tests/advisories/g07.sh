#!/usr/bin/env bash
# G07: a dependency with a known flaw fails the build. Proves it with a made-up advisory against a crate of our own lock file, then
# asks the real database; where that cannot be fetched, says so. Exit 1 when the made-up flaw passes, or a real one is found.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/database/crates/url"
cat >"$work/database/crates/url/RUSTSEC-2026-9999.md" <<'ADVISORY'
```toml
[advisory]
id = "RUSTSEC-2026-9999"
package = "url"
date = "2026-01-01"

[versions]
patched = [">= 99.0.0"]
```

# A made-up flaw

It exists to see the build fail.
ADVISORY
git -C "$work/database" init -q -b main
git -C "$work/database" add -A
git -C "$work/database" -c user.name=veille -c user.email=veille@example.org commit -qm "a made-up flaw"
printf '[advisories]\ndb-path = "%s/fetched"\ndb-urls = ["https://advisories.example/database"]\n' "$work" >"$work/deny.toml"

# git reads the made-up address from the folder, so that nothing leaves this machine.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$work/database.insteadOf" GIT_CONFIG_VALUE_0=https://advisories.example/database
if cargo deny --config "$work/deny.toml" --log-level error check advisories >"$work/said" 2>&1; then
  echo "g07: a dependency with a known flaw was let through"
  exit 1
fi
grep -q "RUSTSEC-2026-9999" "$work/said" || { cat "$work/said"; echo "g07: the check failed for another reason"; exit 1; }
unset GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
echo "g07: a made-up flaw fails the build, as it should"

if cargo deny --log-level error check advisories >"$work/said" 2>&1; then
  echo "g07: 0 unexplained advisories for $(grep -c '^name = ' Cargo.lock) crates"
elif grep -q "failed to fetch advisory database" "$work/said"; then
  echo "g07: ADVISORIES NOT CHECKED: the database cannot be fetched from here; run this where it can"
else
  cat "$work/said"
  exit 1
fi
