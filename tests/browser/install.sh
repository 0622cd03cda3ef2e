#!/bin/sh
# Installs what the browser checks need: Chromium, fonts, Java, Node, and the node modules of the lock file. Safe to run again.
set -eu

need() {
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

missing=""
[ -n "${VEILLE_CHROMIUM:-}" ] || need chromium chromium
need java default-jre-headless
need node nodejs
need npm npm
fc-list 2>/dev/null | grep -qi liberation || missing="$missing fontconfig fonts-liberation fonts-dejavu"
if [ -n "$missing" ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  $sudo apt-get update
  # shellcheck disable=SC2086
  $sudo apt-get install -y --no-install-recommends $missing
fi

cd "$(dirname "$0")"
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund
