#!/usr/bin/env bash
# Measures how fast the exporter reads Samba's audit log, beside wc and mtail, and prints the table. Needs 2 GB in the temporary folder, once
# for a time in the memory of the machine too, and a machine that does nothing else: only ratios within one run say something.
# Usage: bash tests/Benchmarks/run.sh [RUNS]   (how often each is measured; 5)
set -euo pipefail

repo=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
cd "$repo"

install_mtail() {
  local sudo=()
  ! command -v mtail >/dev/null || return 0
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" bash src/debian-packages.sh download mtail
  "${sudo[@]}" bash src/debian-packages.sh install mtail
}

install_mtail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
runtime=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
dotnet publish tests/Benchmarks --configuration Release --runtime "$runtime" --output "$folder/native" --artifacts-path "$folder/build" \
  -p:RunAnalyzers=false -v quiet -nologo
dotnet build tests/Benchmarks --configuration Release -v quiet -nologo
tests/Benchmarks/bin/Release/net10.0/Smb1Exporter.Benchmarks compare "$folder/native/Smb1Exporter.Benchmarks" "${1:-5}"
