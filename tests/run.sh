#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests, against real servers and against both builds of the exporter.
# The last line counts them; the exit code is 0 only when nothing failed. Results (TRX) and logs: TestResults/.
# shellcheck disable=SC2317 # step calls some functions by name
set -euo pipefail

readonly PACKAGES=(samba smbclient postgresql prometheus prometheus-alertmanager logrotate chromium clang zlib1g-dev shellcheck curl jq python3-aiosmtpd)
# With rt5-standalone and msmtp-mta, Request Tracker brings neither Apache nor a mail server that runs.
readonly REQUEST_TRACKER_PACKAGES=(request-tracker5 rt5-standalone rt5-db-sqlite rt5-clients dbconfig-no-thanks msmtp-mta)
readonly WINE_PACKAGES=(wine wine64 gcc-mingw-w64-x86-64-win32)
readonly CONFIGURATION=Release
readonly PROJECT_LIMIT=1800 # seconds after which the tests of one project are ended as hung

repo=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
results=$repo/TestResults
windows=$results/windows
passed=0
failed=0
skipped=0
failures=()
skips=()

if [ $# -gt 0 ]; then
  echo "Usage: bash tests/run.sh (no arguments). $(sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" | tr '\n' ' ')"
  [ "$1" = --help ] && exit 0 || exit 2
fi

note_failure() {
  failed=$((failed + 1))
  failures+=("$1")
}

# attempt NAME COMMAND…: runs it with its output in a log, shown only when it fails.
attempt() {
  local name=$1 log began=$SECONDS
  log=$(log_of "$name")
  shift
  printf '%-52s' "$name"
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%4d s\n' $((SECONDS - began))
    return 0
  fi
  printf '%4d s  FAILED\n' $((SECONDS - began))
  tail -n 40 "$log"
  return 1
}

log_of() { echo "$results/${1// /-}.log"; }

# step NAME COMMAND…: an attempt whose failure is a failure of the tests.
step() {
  attempt "$@" && return 0
  note_failure "$1 (see $(log_of "$1"))"
  return 1
}

finish() {
  local line
  for line in "${skips[@]}"; do
    echo "skipped: $line"
  done
  for line in "${failures[@]}"; do
    echo "FAILED: $line"
  done
  echo "Ran for $((SECONDS / 60)) min $((SECONDS % 60)) s; results in $results"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] || exit 1
  exit 0
}

install_packages() {
  local packages=$repo/src/debian-packages.sh sudo=()
  mapfile -t missing < <(bash "$packages" missing "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo: cannot install ${missing[*]}"; return 1; }
    sudo=(sudo)
  fi
  "${sudo[@]}" bash "$packages" download "${missing[@]}" && "${sudo[@]}" bash "$packages" install "${missing[@]}"
}

# publish RID FOLDER: builds the exporter as it is shipped. It must hold no code that trimming or ahead-of-time compilation cannot keep
# (warnings IL2xxx and IL3xxx).
publish() {
  local log=$results/publish-$1.txt
  dotnet publish "$repo/src/Smb1Exporter" --configuration Release --runtime "$1" --output "$2" --artifacts-path "$results/build-$1" | tee "$log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  ! grep -E 'IL[23][0-9]{3}' "$log" || return 1
  rm -rf -- "$results/build-$1"
}

publish_for_windows() {
  publish win-x64 "$windows/exporter" || return 1
  [ "$(find "$windows/exporter" -name '*.exe' -o -name '*.dll' | wc -l)" -eq 1 ] || { echo "More than one file of code"; return 1; }
}

# What Wine lacks of Windows: the event log, and Windows PowerShell with the SMB server's cmdlets.
build_stand_ins() {
  local sources=$repo/tests/WineStandIns
  x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O2 -shared -static-libgcc -o "$windows/wevtapi.dll" "$sources"/wevtapi/*.c || return 1
  x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O2 -municode -static-libgcc -o "$windows/sc.exe" "$sources"/sc/sc.c || return 1
  dotnet publish "$sources/PowerShell" --configuration Release --runtime win-x64 --self-contained --output "$windows/powershell" \
    --artifacts-path "$results/build-stand-ins" || return 1
  rm -rf -- "$results/build-stand-ins"
}

# Wine stands in for Windows. Where it cannot be had, its tests are skipped with the reason.
prepare_wine() {
  if [ "$(uname -m)" != x86_64 ]; then
    export SMB1_WINE_MISSING="Wine runs x64 Windows programs on x64 machines only"
  elif ! attempt "packages for Wine" install_packages "${WINE_PACKAGES[@]}"; then
    SMB1_WINE_MISSING="Wine could not be installed, see $(log_of "packages for Wine")"
    export SMB1_WINE_MISSING
  elif step "stand-ins for Wine" build_stand_ins; then
    export SMB1_WINDOWS_PARTS=$windows
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
  cp "$repo"/tests/EndToEnd.Tests/Dashboards/GrafanaSchema/package*.json "$folder/"
  if step "Grafana's schema" npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund; then
    export SMB1_GRAFANA_SCHEMA=$folder
  fi
}

unescape() { sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'; }

# attribute NAME: of each XML element on standard input, one per line.
attribute() { sed -nE "s/.* $1=\"([^\"]*)\".*/\1/p" | unescape; }

# results_of FILE [OUTCOME]: the result elements in a TRX file.
results_of() { { grep -oE '<UnitTestResult [^>]*>' "$1" || true; } | { grep -E "outcome=\"${2:-[A-Za-z]*}\"" || true; }; }

count() { results_of "$@" | wc -l; }

# skip_reasons FILE: "test: reason" of every skipped test.
skip_reasons() {
  tr '\n' ' ' <"$1" | sed 's:</UnitTestResult>:&\n:g' | { grep -E '<UnitTestResult [^>]*outcome="NotExecuted"' || true; } |
    sed -nE 's/.*<UnitTestResult [^>]*testName="([^"]*)"[^>]*>(.*<(Message|StdOut)>([^<]*)<)?.*/\1: \4/p' | unescape
}

# run_tests PROJECT: its counts are read from its results, never taken from its word.
run_tests() {
  local project=$1 name trx program status=0 began=$SECONDS counts line
  name=$(basename "$project")
  trx=$results/$name.trx
  program=$project/bin/$CONFIGURATION/net10.0/$name
  echo "$name"
  timeout --kill-after=30 "$PROJECT_LIMIT" "$program" -noLogo -noColor -noAutoReporters -reporter quiet -result-trx "$trx" \
    </dev/null >"$results/$name.log" 2>&1 || status=$?
  if [ ! -s "$trx" ] || [ "$(count "$trx")" -eq 0 ]; then
    tail -n 40 "$results/$name.log"
    note_failure "$name left no results (exit code $status, see $results/$name.log)"
    return
  fi

  counts="$(count "$trx" Passed) passed, $(count "$trx" Failed) failed, $(count "$trx" NotExecuted) skipped"
  passed=$((passed + $(count "$trx" Passed)))
  skipped=$((skipped + $(count "$trx" NotExecuted)))
  while read -r line; do
    note_failure "$line"
  done < <(results_of "$trx" Failed | attribute testName)
  while read -r line; do
    skips+=("$line")
  done < <(skip_reasons "$trx")
  if [ "$status" -ne 0 ]; then
    cat "$results/$name.log"
    if [ "$(count "$trx" Failed)" -eq 0 ]; then
      note_failure "$name ended with exit code $status although no test failed (see $results/$name.log)"
    fi
  fi
  printf '  %-50s%4d s\n' "$counts" $((SECONDS - began))
}

rm -rf -- "$results"
mkdir -p "$windows"
cd "$repo"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# No build server outlives this script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: no dotnet in PATH"; exit 1; }
step "packages" install_packages "${PACKAGES[@]}" || finish
# Where it cannot be had, its tests are skipped with the reason.
attempt "packages for Request Tracker" install_packages "${REQUEST_TRACKER_PACKAGES[@]}" || true
step "restore" dotnet restore Smb1Exporter.sln || finish
step "build" dotnet build Smb1Exporter.sln --no-restore --configuration "$CONFIGURATION" || finish
step "format" dotnet format Smb1Exporter.sln --verify-no-changes --no-restore || true
step "shell scripts" shellcheck src/*.sh tests/*.sh .ci/run || true
if step "native build of the exporter" publish "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" "$results/native"; then
  export SMB1_EXPORTER_NATIVE=$results/native/smb1-exporter
fi
if step "Windows build of the exporter" publish_for_windows; then
  prepare_wine
fi
prepare_grafana_schema
for project in tests/*.Tests; do
  run_tests "$project"
done
finish
