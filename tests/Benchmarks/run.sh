#!/usr/bin/env bash
# Measures the exporter beside programs that administrators know, and prints tables of medians as Markdown.
#
#   bash tests/Benchmarks/run.sh reading [RUNS]           how fast Samba's audit log is read, beside wc and mtail (5 runs)
#   bash tests/Benchmarks/run.sh figures [RUNS] [ROW…]    the exporter as a whole, beside mtail, node_exporter, a bare OpenTelemetry program,
#                                                         prometheus-net and a server of the same bytes (5 runs); rows: backlog footprint idle answers
#
# It needs the .NET SDK, and root or sudo to install mtail and node_exporter from Debian. The services of these packages are not started. It needs
# 2 GB in the temporary folder, and the same in free memory. Each program is measured in turns with its peer, so that other load strikes both; only
# ratios within one run say something. All rows of the figures take about ten minutes, half of it for making native code.
set -euo pipefail

repo=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
cd "$repo"

install_packages() {
  local sudo=() missing
  mapfile -t missing < <(bash src/debian-packages.sh missing "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" bash src/debian-packages.sh download "${missing[@]}"
  "${sudo[@]}" bash src/debian-packages.sh install "${missing[@]}"
}

publish() {
  dotnet publish "$1" --configuration Release --runtime "$runtime" --output "$2" --artifacts-path "$folder/build" -p:RunAnalyzers=false -v quiet -nologo
}

what=${1:-}
[ "$what" = reading ] || [ "$what" = figures ] || {
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
install_packages mtail
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
runtime=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
publish tests/Benchmarks "$folder/native"
dotnet build tests/Benchmarks --configuration Release -v quiet -nologo
benchmarks=tests/Benchmarks/bin/Release/net10.0/Smb1Exporter.Benchmarks
if [ "$what" = reading ]; then
  $benchmarks compare "$folder/native/Smb1Exporter.Benchmarks" "${2:-5}"
else
  install_packages prometheus-node-exporter
  publish src/Smb1Exporter "$folder/exporter"
  $benchmarks figures "$folder/exporter/smb1-exporter" "$folder/native/Smb1Exporter.Benchmarks" "${2:-5}" "${@:3}"
fi
