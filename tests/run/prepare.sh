# shellcheck shell=bash
# Part of tests/run.sh: Debian packages, and the builds of the exporter that only the tests of the whole chain need.

readonly PACKAGES=(samba smbclient postgresql prometheus prometheus-alertmanager logrotate chromium clang zlib1g-dev shellcheck curl jq python3-aiosmtpd faketime)
# With rt5-standalone and msmtp-mta, Request Tracker brings neither Apache nor a mail server that runs.
readonly REQUEST_TRACKER_PACKAGES=(request-tracker5 rt5-standalone rt5-db-sqlite rt5-clients dbconfig-no-thanks msmtp-mta)
readonly WINE_PACKAGES=(wine wine64 gcc-mingw-w64-x86-64-win32)

install_packages() {
  local packages=src/debian-packages.sh sudo=()
  mapfile -t missing < <(bash "$packages" missing "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo: cannot install ${missing[*]}"; return 1; }
    sudo=(sudo)
  fi
  "${sudo[@]}" bash "$packages" download "${missing[@]}" && "${sudo[@]}" bash "$packages" install "${missing[@]}"
}

# What prepare_wine and prepare_grafana_schema need, ahead of them; where it cannot be had, they say so.
install_for_chain() {
  local packages=()
  [ "$(uname -m)" != x86_64 ] || packages+=("${WINE_PACKAGES[@]}")
  command -v npm >/dev/null || packages+=(nodejs npm)
  [ ${#packages[@]} -eq 0 ] || attempt "packages for Wine and Grafana's schema" install_packages "${packages[@]}" || true
}

# publish RID FOLDER: builds the exporter as it is shipped. It must hold no code that trimming or ahead-of-time compilation cannot keep
# (warnings IL2xxx and IL3xxx). What analyzers find, the build of everything has told already.
publish() {
  local log=$results/publish-$1.txt
  dotnet publish src/Smb1Exporter --configuration Release --runtime "$1" --output "$2" --artifacts-path "$results/build-$1" \
    -p:RunAnalyzers=false | tee "$log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  ! grep -E 'IL[23][0-9]{3}' "$log" || return 1
  rm -rf -- "$results/build-$1"
}

prepare_native() {
  if step "native build of the exporter" publish "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" "$results/native"; then
    export SMB1_EXPORTER_NATIVE=$results/native/smb1-exporter
  fi
}

publish_for_windows() {
  publish win-x64 "$windows/exporter" || return 1
  [ "$(find "$windows/exporter" -name '*.exe' -o -name '*.dll' | wc -l)" -eq 1 ] || { echo "More than one file of code"; return 1; }
}

# Windows PowerShell with the SMB server's cmdlets, which Wine lacks. Its engine is compiled ahead of time, as each test starts it anew: that takes a
# quarter less of the processor.
publish_powershell() {
  dotnet publish tests/WineStandIns/PowerShell --configuration Release --runtime win-x64 --self-contained --output "$windows/powershell" \
    --artifacts-path "$results/build-stand-ins" -p:PublishReadyToRun=true -p:RunAnalyzers=false || return 1
  rm -rf -- "$results/build-stand-ins"
}

# What runs under Wine and needs no Debian package to be built.
build_for_wine() {
  step "Windows build of the exporter" publish_for_windows || return 0
  step "PowerShell for Wine" publish_powershell || return 0
  touch "$windows/is-built"
}

# The event log, which Wine lacks, and the tool that makes services, which it has in part.
build_stand_ins() {
  local sources=tests/WineStandIns
  x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O2 -shared -static-libgcc -o "$windows/wevtapi.dll" "$sources"/wevtapi/*.c || return 1
  x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O2 -municode -static-libgcc -o "$windows/sc.exe" "$sources"/sc/sc.c || return 1
}

# Wine stands in for Windows. Where it cannot be had, its tests are skipped with the reason.
prepare_wine() {
  [ -e "$windows/is-built" ] || return 0
  if [ "$(uname -m)" != x86_64 ]; then
    export SMB1_WINE_MISSING="Wine runs x64 Windows programs on x64 machines only"
  elif ! attempt "packages for Wine" install_packages "${WINE_PACKAGES[@]}"; then
    SMB1_WINE_MISSING="Wine could not be installed, see $(log_of "packages for Wine")"
    export SMB1_WINE_MISSING
  elif step "stand-ins for Wine" build_stand_ins; then
    export SMB1_WINDOWS_PARTS=$windows
  fi
}

# download_vmagent FOLDER: unpacks vmagent of Debian testing's victoria-metrics.
download_vmagent() {
  local folder=$1
  use_testing "$folder" || return 1
  (cd "$folder" && apt-get "${testing[@]}" download victoria-metrics) || return 1
  dpkg --fsys-tarfile "$folder"/victoria-metrics_*.deb | tar -xC "$folder" --strip-components=3 ./usr/bin/vmagent || return 1
  rm -rf -- "$folder"/{lists,cache} "$folder"/*.deb
}

# Where it cannot be had, its tests are skipped with the reason.
prepare_vmagent() {
  if attempt "vmagent" download_vmagent "$results/victoria-metrics"; then
    export SMB1_VMAGENT=$results/victoria-metrics/vmagent
  fi
}

# Where it cannot be built, its tests are skipped with the reason.
prepare_prometheus() {
  if attempt "Prometheus that takes pushes" bash tests/build-prometheus.sh "$results/prometheus"; then
    export SMB1_PROMETHEUS_OTLP=$results/prometheus/prometheus
  fi
}

# Grafana publishes the schema of dashboards in the npm registry.
prepare_grafana_schema() {
  local folder=$results/grafana-schema
  if ! command -v npm >/dev/null && ! attempt "packages for Grafana's schema" install_packages nodejs npm; then
    SMB1_GRAFANA_SCHEMA_MISSING="npm could not be installed, see $(log_of "packages for Grafana's schema")"
    export SMB1_GRAFANA_SCHEMA_MISSING
    return
  fi
  mkdir -p "$folder"
  cp tests/EndToEnd.Tests/Dashboards/GrafanaSchema/package*.json "$folder/"
  if step "Grafana's schema" npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund; then
    export SMB1_GRAFANA_SCHEMA=$folder
  fi
}
