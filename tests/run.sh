#!/usr/bin/env bash
# Installs what the tests need, builds, and runs the tests: all of them, or those that are named.
# shellcheck disable=SC2317,SC2329 # step calls some functions by name
set -euo pipefail

readonly CONFIGURATION=Release
readonly SLOWEST=10 # so many tests are named at the end
# Seconds after which the tests of one project are ended as hung.
project_limit=1800

repo=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
cd "$repo"
# shellcheck source=tests/run/names.sh
. tests/run/names.sh
# shellcheck source=tests/run/results.sh
. tests/run/results.sh
# shellcheck source=tests/run/testing.sh
. tests/run/testing.sh
# shellcheck source=tests/run/prepare.sh
. tests/run/prepare.sh

usage() {
  cat <<USAGE
Usage: bash tests/run.sh [--all | --help | NAME…]

  (nothing)   Installs the Debian packages that the tests need, builds, checks the format, and runs every test that is not long,
              against real servers and against all builds of the exporter.
  --all       Adds the long tests (the trait Length=Long), and those that need a Prometheus which is built first.
  NAME…       Runs the projects or the classes with these names, and prepares only what they need:
                bash tests/run.sh Smb1Exporter.Tests
                bash tests/run.sh LogModelTests KillTests
              Classes run against the build of this machine alone: name EndToEnd.Tests to run them against the native build, too.
              Format and scripts are not checked. A name that matches nothing is an error (exit code 2) that lists what there is.

Even quicker, without this script:
  dotnet test --project tests/Smb1Exporter.Tests -c Release --filter-class '*.LogModelTests'

It ends with the slowest tests, what was skipped and why (known faults apart), what failed, and one line that counts the tests. The exit code
is 0 only when nothing failed. Results (TRX) and logs: TestResults/, of named runs TestResults/named/.
USAGE
}

# run_tests PROJECT [CLASS…]: its counts are read from its results, never taken from its word.
run_tests() {
  local project=$1 trx=$results/$1.trx log=$results/$1.log began=$SECONDS status=0 filters=() class tests
  shift
  for class in "$@"; do
    filters+=(-class "*.$class")
  done
  if [ $# -eq 0 ] && ! $long; then
    filters+=(-trait- Length=Long)
  fi
  # In the background, so that a signal that ends this script is passed on at once, and the tests end what they started.
  timeout --kill-after=30 "$project_limit" "tests/$project/bin/$CONFIGURATION/net10.0/$project" "${filters[@]}" \
    -noLogo -noColor -noAutoReporters -reporter quiet -result-trx "$trx" </dev/null >"$log" 2>&1 &
  tests=$!
  trap 'kill -INT "$tests"; wait "$tests"; exit 143' INT TERM HUP
  wait "$tests" || status=$?
  trap - INT TERM HUP
  if [ ! -s "$trx" ] || [ "$(count "$trx")" -eq 0 ]; then
    note_failure "$project left no results (exit code $status, see $log)"
  elif [ "$status" -ne 0 ] && [ "$(count "$trx" Failed)" -eq 0 ]; then
    note_failure "$project ended with exit code $status although no test failed (see $log)"
  fi
  printf '%-52s%4d s  %s\n' "$project" $((SECONDS - began)) "$(counts_of "$trx")"
  [ "$status" -eq 0 ] || tail -n 200 "$log"
}

build_all() { dotnet build Smb1Exporter.sln --no-restore --configuration "$CONFIGURATION"; }

# What analyzers and rules of style find is an error of the build already, so "dotnet format" of the solution, which takes two minutes of the
# processor, could find no more.
check_format() { dotnet format whitespace . --folder --exclude TestResults --verify-no-changes; }

check_scripts() { shellcheck --external-sources src/*.sh tests/*.sh .ci/run; }

# What need not wait for each other is made side by side: packages are downloaded while programs are built, and tests of the receiver, which wait more
# than they compute, run while what only the tests of the chain need is built.
run_everything() {
  local project
  # No build server outlives this script.
  export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
  in_background "packages" install_all
  if step "restore" dotnet restore Smb1Exporter.sln && step "build" build_all; then
    in_background "builds for Wine" build_for_wine
  fi
  wait_for "packages"
  if [ -s "$failures" ]; then
    wait_for_background
    finish
  fi
  for project in "${projects[@]}"; do
    [[ $project != *TicketReceiver* ]] || in_background "$project" run_tests "$project"
  done
  prepare_chain
  for project in "${projects[@]}"; do
    [[ $project = *TicketReceiver* ]] || in_background "$project" run_tests "$project"
  done
  in_background "checks of the sources" check_sources
  wait_for_background
}

install_all() {
  step "packages" install_packages "${PACKAGES[@]}" || true
  # Where they cannot be had, their tests are skipped with the reason.
  attempt "packages for Request Tracker" install_packages "${REQUEST_TRACKER_PACKAGES[@]}" || true
}

prepare_chain() {
  in_background "downloads for the chain" install_for_chain
  prepare_native
  wait_for "downloads for the chain"
  wait_for "builds for Wine"
  prepare_wine
  prepare_grafana_schema
  prepare_vmagent
  if $long; then
    prepare_prometheus
  fi
}

check_sources() {
  step "shell scripts" check_scripts || true
  step "format" check_format || true
}

run_named() {
  local project packages=("${PACKAGES[@]}")
  if needs_request_tracker; then
    packages+=("${REQUEST_TRACKER_PACKAGES[@]}")
  fi
  step "packages" install_packages "${packages[@]}" || finish
  for project in "${!chosen[@]}"; do
    step "build of $project" dotnet build "tests/$project" --configuration "$CONFIGURATION" || finish
  done
  if [ "${chosen[EndToEnd.Tests]-no}" = "" ]; then
    prepare_native
  fi
  if needs_wine; then
    build_for_wine
    prepare_wine
  fi
  if needs_grafana_schema; then
    prepare_grafana_schema
  fi
  if needs_vmagent; then
    prepare_vmagent
  fi
  for project in "${!chosen[@]}"; do
    # shellcheck disable=SC2086 # the names of classes hold no blanks
    run_tests "$project" ${chosen[$project]}
  done
}

long=false
case ${1-} in
  --help | -h) usage && exit 0 ;;
  --all) long=true && project_limit=7200 && shift ;;
esac
case $#:${1-} in
  0:) results=$repo/TestResults ;;
  *:-*) usage >&2 && exit 2 ;;
  *) if $long; then usage >&2 && exit 2; fi && results=$repo/TestResults/named ;;
esac
projects=()
for folder in tests/*.Tests; do
  projects+=("$(basename "$folder")")
done
declare -A chosen=()
choose "$@"

rm -rf -- "$results"
windows=$results/windows
mkdir -p "$windows"
begin_results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# Programs that live for seconds never earn back what measuring them for a better compilation costs: a third of the processor in some classes.
export DOTNET_TieredPGO=0
command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: no dotnet in PATH"; exit 1; }
if [ $# -eq 0 ]; then
  run_everything
else
  run_named
fi
finish
