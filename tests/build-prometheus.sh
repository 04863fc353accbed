#!/usr/bin/env bash
# build-prometheus.sh FOLDER: builds FOLDER/prometheus, a Prometheus 3 that takes pushes (--web.enable-otlp-receiver), from Debian testing's sources.
# Debian's own package leaves the receiver out until all that it needs is in Debian (bug 1080354); what is still missing converts increments to totals,
# which the exporter never sends. Installs nothing and needs neither root nor Go; loads 250 MB, takes 2 GB meanwhile and some minutes.
#   SMB1_PROMETHEUS_OTLP=FOLDER/prometheus dotnet test --project tests/EndToEnd.Tests -c Release --filter-class '*.PushedMetricsTests'
set -euo pipefail

[ $# -eq 1 ] || { echo "Usage: bash tests/build-prometheus.sh FOLDER" >&2; exit 2; }
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=tests/run/testing.sh
. "$here/run/testing.sh"
mkdir -p "$1"
folder=$(readlink -f "$1")
work=$(mktemp -d "$folder/build.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
source=$work/root/usr/share/gocode/src/github.com/prometheus/prometheus

# What its packages need, as if nothing were installed: all in Go, less the largest of those that nothing of this build imports.
download_packages() {
  : >"$work/status"
  apt-get "${testing[@]}" -o "Dir::State::status=$work/status" --no-install-recommends --print-uris -y install \
    golang-go golang-github-prometheus-prometheus-dev golang-opentelemetry-collector-dev golang-github-prometheus-otlptranslator-dev |
    grep -oP "^'\S+ \Kgolang-[^_]+" | grep -vE 'cloudflare-circl|x-tools$|pierrec-lz4|aws-sdk-go-dev|google-cloud-dev|grpc-gateway$|gonum' >"$work/names"
  mkdir "$work/packages" "$work/root"
  cd "$work/packages"
  xargs apt-get "${testing[@]}" download <"$work/names"
  apt-get "${testing[@]}" --download-only --tar-only source prometheus
  for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -xC "$work/root" --exclude=./usr/share/doc
    rm "$package"
  done
}

# The receiver as Prometheus' authors wrote it, made to fit the newer libraries of Debian; the rest stays as Debian has it.
put_receiver_back() {
  local original=$work/original translator=$source/storage/remote/otlptranslator/prometheusremotewrite
  mkdir "$original"
  tar -xf "$work"/packages/prometheus_*.orig.tar.* -C "$original" --strip-components=1
  cp -r "$original/storage/remote/otlptranslator" "$source/storage/remote/"
  cp "$original"/storage/remote/{codec,write_handler}.go "$source/storage/remote/"
  cp "$original/web/api/v1/api.go" "$source/web/api/v1/"
  sed -i '/deltatocumulativeprocessor"$/d; /collector\/component"$/d; /collector\/processor"$/d; /metric\/noop"$/d
    /^\tif opts.ConvertDelta {$/,/^\t}$/d' "$source/storage/remote/write_handler.go"
  sed -i '/collector\/semconv/d; s/conventions.AttributeServiceNamespace/"service.namespace"/; s/conventions.AttributeServiceName/"service.name"/
    s/conventions.AttributeServiceInstanceID/"service.instance.id"/; s/ = otlptranslator.NormalizeLabel(/, _ = labelNamer.Build(/
    $a var labelNamer = otlptranslator.LabelNamer{UnderscoreLabelSanitization: true, PreserveMultipleUnderscores: true}' "$translator/helper.go"
  sed -i 's/promName := namer.Build/promName, _ := namer.Build/' "$translator/metrics_to_prw.go"
  sed -i 's/^\tEnableRemoteWriteReceiver .*/&\n\tEnableOTLPWriteReceiver bool/
    s/if o.EnableRemoteWriteReceiver {/if o.EnableRemoteWriteReceiver || o.EnableOTLPWriteReceiver {/
    s/^\t\to.AcceptRemoteWriteProtoMsgs,/&\n\t\to.EnableOTLPWriteReceiver, false, false,/' "$source/web/web.go"
  sed -i 's/^\ta.Flag("web.console.templates"/\ta.Flag("web.enable-otlp-receiver", "").BoolVar(\&cfg.web.EnableOTLPWriteReceiver)\n&/' \
    "$source/cmd/prometheus/main.go"
}

build() {
  local go
  go=$(echo "$work"/root/usr/lib/go-*/bin/go)
  # Finding targets in clouds takes most of the time to build. plugins/minimum.go stays: targets in files.
  rm "$source/plugins/plugins.go"
  cd "$source"
  GOROOT=$(dirname "$(dirname "$go")") GOPATH=$work/root/usr/share/gocode GOCACHE=$work/cache GOTOOLCHAIN=local GO111MODULE=off CGO_ENABLED=0 \
    nice "$go" build -ldflags '-s -w' -o "$folder/prometheus" ./cmd/prometheus
}

use_testing "$work"
download_packages
grep -q enable-otlp-receiver "$source/cmd/prometheus/main.go" || put_receiver_back
build
"$folder/prometheus" --help 2>&1 | grep -e '--.*enable-otlp-receiver'
