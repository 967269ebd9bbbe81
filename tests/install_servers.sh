#!/bin/sh
# Makes sure that the real parts which the tests use are there: Redis, Chromium and MariaDB from Debian.
set -eu

missing=""
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v mariadb-install-db >/dev/null 2>&1 || missing="$missing mariadb-server"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing from Debian"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core >/dev/null
else
    echo "The tests need$missing. Install it and call again, on Debian or Ubuntu:" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 1
fi
