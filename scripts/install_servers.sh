#!/bin/sh
# Installs the programs that the tests start: PostgreSQL, Redis and Chromium. If apt is not allowed, it says which ones
# are missing.
set -eu

missing=""
has() { command -v "$1" >/dev/null 2>&1; }

has pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1 || missing="$missing postgresql"
has redis-server || missing="$missing redis-server"
has chromium || has chromium-browser || has google-chrome || missing="$missing chromium"
[ -z "$missing" ] && exit 0

sudo=""
if [ "$(id -u)" -ne 0 ]; then
  sudo="sudo -n"
  $sudo true 2>/dev/null || sudo=none
fi
if has apt-get && [ "$sudo" != none ]; then
  echo "Installing$missing, which the tests need."
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  # shellcheck disable=SC2086
  $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
  exit 0
fi
echo "The tests need$missing: install them with your system's package manager, then run make test again." >&2
exit 1
