#!/bin/sh
# Installs the programs that the tests start: PostgreSQL, Redis and Chromium. If apt is not allowed, it says which ones
# are missing. Where apt offers Chromium's headless shell, the tests use that: it loads a page in half of the time.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }
has_browser() { has chromium-headless-shell || has chromium || has chromium-browser || has google-chrome; }

missing=""
has pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || missing="$missing postgresql"
has redis-server || missing="$missing redis-server"
[ -z "$missing" ] && has chromium-headless-shell && exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
  sudo="sudo -n"
  $sudo true 2>/dev/null || sudo=none
fi
if has apt-get && [ "$sudo" != none ]; then
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  if ! has chromium-headless-shell && apt-cache show chromium-headless-shell >/dev/null 2>&1; then
    missing="$missing chromium-headless-shell"
  elif ! has_browser; then
    missing="$missing chromium"
  fi
  [ -z "$missing" ] && exit 0
  echo "Installing$missing, which the tests use."
  # shellcheck disable=SC2086
  $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
  exit 0
fi
has_browser || missing="$missing chromium"
[ -z "$missing" ] && exit 0
echo "The tests need$missing: install them with your system's package manager, then run make test again." >&2
exit 1
