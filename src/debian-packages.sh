#!/usr/bin/env bash
# Installs Debian packages without starting, or enabling, the services they bring.
#
#   debian-packages.sh missing PACKAGE…    prints those that are not installed
#   debian-packages.sh download PACKAGE…   fetches them; may be interrupted
#   debian-packages.sh install PACKAGE…    installs them; should not be interrupted, dpkg would be left half done
set -euo pipefail

readonly POLICY=/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
saved=

missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# While a policy-rc.d exits with 101, invoke-rc.d and deb-systemd-invoke start no service.
forbid_services() {
  local verdict=0
  if [ -x $POLICY ]; then
    $POLICY smbd start >/dev/null 2>&1 || verdict=$?
  fi
  [ "$verdict" -ne 101 ] || return 0
  trap allow_services EXIT
  saved=$(mktemp -d)
  if [ -e $POLICY ]; then
    cp -a $POLICY "$saved/"
  fi
  printf '#!/bin/sh\nexit 101\n' >$POLICY
  chmod 755 $POLICY
}

allow_services() {
  rm -f $POLICY
  if [ -e "$saved/policy-rc.d" ]; then
    cp -a "$saved/policy-rc.d" $POLICY
  fi
  rm -rf -- "$saved"
}

# A service that nobody asked for does not start at the next boot either.
disable_services() {
  local name
  dpkg-query --listfiles "$@" | sed -nE 's:^(/usr)?/lib/systemd/system/([^/@]+)\.service$:\2:p' | while read -r name; do
    if command -v systemctl >/dev/null; then
      systemctl --quiet disable "$name" || true
    elif [ -e "/etc/init.d/$name" ]; then
      update-rc.d "$name" disable || true
    fi
  done
}

# Answers to what packages ask when they are installed: periodic jobs that nobody asked for do not run.
preset_answers() {
  echo 'request-tracker5 request-tracker5/install-cronjobs boolean false' | debconf-set-selections
}

action=${1:?missing, download or install}
shift
case $action in
  missing)
    missing "$@"
    ;;
  download)
    apt-get update
    apt-get install -y --no-install-recommends --download-only "$@"
    ;;
  install)
    mapfile -t new < <(missing "$@")
    forbid_services
    preset_answers
    apt-get install -y --no-install-recommends "$@"
    [ ${#new[@]} -eq 0 ] || disable_services "${new[@]}"
    ;;
  *)
    echo "$0: unknown action $action" >&2
    exit 2
    ;;
esac
