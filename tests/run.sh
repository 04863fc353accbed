#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests, against real servers and against both builds of the exporter.
# The last line counts them; the exit code is 0 only when nothing failed. Results (TRX) and logs: TestResults/.
# shellcheck disable=SC2317 # step calls some functions by name
set -euo pipefail

readonly PACKAGES=(samba smbclient prometheus prometheus-alertmanager logrotate chromium clang zlib1g-dev shellcheck curl jq)
readonly CONFIGURATION=Release
readonly PROJECT_LIMIT=900 # seconds after which the tests of one project are ended as hung

repo=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
results=$repo/TestResults
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

# step NAME COMMAND…: runs it with its output in a log, shown only when it fails.
step() {
  local name=$1 log=$results/${1// /-}.log began=$SECONDS
  shift
  printf '%-52s' "$name"
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%4d s\n' $((SECONDS - began))
    return 0
  fi
  printf '%4d s  FAILED\n' $((SECONDS - began))
  tail -n 40 "$log"
  note_failure "$name (see $log)"
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
  mapfile -t missing < <(bash "$packages" missing "${PACKAGES[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo: cannot install ${missing[*]}"; return 1; }
    sudo=(sudo)
  fi
  "${sudo[@]}" bash "$packages" download "${missing[@]}" && "${sudo[@]}" bash "$packages" install "${missing[@]}"
}

# The native build must need no code that trimming or ahead-of-time compilation cannot keep (warnings IL2xxx and IL3xxx).
publish_native() {
  dotnet publish "$repo/src/Smb1Exporter" --configuration Release --runtime "$1" --output "$results/native" \
    --artifacts-path "$results/native-build" | tee "$results/native-publish.txt"
  [ "${PIPESTATUS[0]}" -eq 0 ] || return 1
  ! grep -E 'IL[23][0-9]{3}' "$results/native-publish.txt" || return 1
  rm -rf -- "$results/native-build"
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
mkdir -p "$results"
cd "$repo"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# No build server outlives this script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: no dotnet in PATH"; exit 1; }
step "packages" install_packages || finish
step "restore" dotnet restore Smb1Exporter.sln || finish
step "build" dotnet build Smb1Exporter.sln --no-restore --configuration "$CONFIGURATION" || finish
step "format" dotnet format Smb1Exporter.sln --verify-no-changes --no-restore || true
step "shell scripts" shellcheck src/*.sh tests/*.sh .ci/run || true
if step "native build of the exporter" publish_native "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')"; then
  export SMB1_EXPORTER_NATIVE=$results/native/smb1-exporter
fi
for project in tests/*.Tests; do
  run_tests "$project"
done
finish
