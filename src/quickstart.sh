#!/usr/bin/env bash
# A real SMB1 connection becomes a ticket, on this machine: Samba, smb1-exporter, Prometheus, Alertmanager and
# smb1-ticket-receiver, all on loopback, all in one folder of their own that is removed at the end.
set -euo pipefail

readonly TICKET_LIMIT=90 # seconds from "everything is installed" to the ticket
readonly PACKAGES=(samba smbclient prometheus prometheus-alertmanager curl jq)
readonly CUSTOMER=Contoso

script=$(readlink -f "${BASH_SOURCE[0]}")
repo=$(dirname "$(dirname "$script")")
alerts=$repo/alerts
once=false
dotnet_tmp_is_ours=false
work=
names=()
pids=()

usage() {
  cat <<USAGE
Usage: bash src/quickstart.sh [--once] [--help]

Shows on this machine (Debian 12, .NET 10 SDK) how one SMB1 connection becomes a ticket. It
  1. installs what is missing of: ${PACKAGES[*]}
     (their packaged services are not started),
  2. builds both programs,
  3. starts a private Samba server, smb1-exporter, Prometheus, Alertmanager and
     smb1-ticket-receiver on 127.0.0.1,
  4. makes one SMB2 and one SMB1 connection and prints the ticket that the SMB1 one became,
  5. runs until Ctrl-C, so that you can look around.

Needs root for apt-get and smbd; uses sudo when you are not root.

  --once   end after the ticket (exit code 0) instead of running until Ctrl-C
  --help   print this text

Everything it writes is in one temporary folder, removed when it ends. Only the Debian packages stay.
USAGE
}

say() { printf '[%3ds] %s\n' "$SECONDS" "$*"; }

# fail REASON [NAME…]: says why it cannot go on, with the end of those programs' logs.
fail() {
  local name
  printf '\nquickstart: %s\n' "$1" >&2
  shift
  for name in "$@"; do
    if [ -s "$work/$name.log" ]; then
      printf -- '--- the last lines of %s:\n' "$name" >&2
      tail -n $((30 / $#)) "$work/$name.log" >&2
    fi
  done
  exit 1
}

# --- processes ---------------------------------------------------------------------------------------------------

# start NAME COMMAND…: runs a program in a session of its own, so that a signal to it or from it stops there.
start() {
  local name=$1
  shift
  setsid "$@" >"$work/$name.log" 2>&1 </dev/null &
  names+=("$name")
  pids+=("$!")
}

# run NAME COMMAND…: the same, and waits for its end; Ctrl-C is answered meanwhile.
run() {
  local status=0
  start "$@"
  wait "${pids[-1]}" || status=$?
  unset 'names[-1]' 'pids[-1]'
  return "$status"
}

any_running() {
  local pid
  for pid in "${pids[@]}"; do
    if kill -0 -- "-$pid" 2>/dev/null; then
      return 0
    fi
  done
  return 1
}

signal_all() {
  local pid
  for pid in "${pids[@]}"; do
    kill "-$1" -- "-$pid" 2>/dev/null || true
  done
}

# still_runs: fails when a program that should run has ended.
still_runs() {
  local i
  for i in "${!pids[@]}"; do
    kill -0 "${pids[i]}" 2>/dev/null || fail "${names[i]} has ended by itself." "${names[i]}"
  done
}

clean_up() {
  local status=$? tick
  trap '' INT TERM HUP
  set +e
  if [ ${#pids[@]} -gt 0 ]; then
    signal_all TERM
    for ((tick = 0; tick < 100; tick++)); do
      any_running || break
      sleep 0.1
    done
    signal_all KILL
    wait 2>/dev/null
  fi
  if [ -n "$work" ]; then
    rm -rf -- "$work"
    if $dotnet_tmp_is_ours; then
      rmdir /tmp/.dotnet/* /tmp/.dotnet 2>/dev/null
    fi
    say "Ended: every program it started is stopped and $work is removed. Installed packages stay."
  fi
  exit "$status"
}

# --- waiting -----------------------------------------------------------------------------------------------------

# wait_for WHAT SECONDS NAME COMMAND…: until COMMAND succeeds; NAME is the program whose log explains a failure, or "all".
wait_for() {
  local what=$1 limit=$2 explain=("$3") began=$SECONDS told=$SECONDS
  shift 3
  if [ "${explain[0]}" = all ]; then
    explain=("${names[@]}")
  fi
  until "$@"; do
    still_runs
    [ $((SECONDS - began)) -lt "$limit" ] || fail "Waited $limit s in vain for this: $what." "${explain[@]}"
    if [ $((SECONDS - told)) -ge 5 ]; then
      say "… waiting for this: $what"
      told=$SECONDS
    fi
    sleep 0.2
  done
}

answers() { curl --silent --fail --max-time 5 --output /dev/null "$1"; }

accepts() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

has_metric() { curl --silent --max-time 5 "$exporter_url/metrics" | grep -Eq "^$1"; }

ticket_came() {
  curl --silent --fail --max-time 5 --oauth2-bearer "$(<"$token_file")" --output "$work/tickets.json" "$receiver_url/api/tickets" &&
    jq --exit-status 'length > 0' "$work/tickets.json" >/dev/null
}

scraped() {
  curl --silent --max-time 5 --get --data-urlencode 'query=smb1_auditing_enabled == 1' "http://127.0.0.1:$prometheus_port/api/v1/query" |
    jq --exit-status '.data.result | length > 0' >/dev/null
}

# free_port WANTED: that port, or the next one above it that nobody listens on.
free_port() {
  local port=$1
  while accepts "$port"; do
    port=$((port + 1))
  done
  echo "$port"
}

# --- what it needs -----------------------------------------------------------------------------------------------

check_machine() {
  command -v apt-get >/dev/null || fail "This needs Debian: apt-get is not there."
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing (no dotnet in PATH): see https://dotnet.microsoft.com/download/dotnet/10.0"
  dotnet --list-sdks | grep -q '^10\.' || fail "The .NET 10 SDK is missing (dotnet --list-sdks names no 10.x): see https://dotnet.microsoft.com/download/dotnet/10.0"
}

become_root() {
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null || fail "Root rights are needed for apt-get and smbd: run this as root, or install sudo."
  echo "Root rights are needed for apt-get and smbd: going on with sudo."
  exec sudo env "PATH=$PATH" "HOME=$HOME" ${DOTNET_ROOT:+"DOTNET_ROOT=$DOTNET_ROOT"} bash "$script" "$@"
}

install_packages() {
  local packages=$repo/src/debian-packages.sh missing
  mapfile -t missing < <(bash "$packages" missing "${PACKAGES[@]}")
  if [ ${#missing[@]} -eq 0 ]; then
    say "All Debian packages are there: ${PACKAGES[*]}"
    return
  fi

  say "Installing Debian packages: ${missing[*]} (their services are neither started nor enabled)"
  run apt bash "$packages" download "${missing[@]}" || fail "The packages could not be downloaded." apt
  # A signal that comes now is answered when dpkg has finished.
  setsid bash "$packages" install "${missing[@]}" >"$work/apt.log" 2>&1 </dev/null || fail "The packages could not be installed." apt
}

# publish PROJECT: builds a program into the work folder; the repository stays as it is.
publish() {
  run "publish-$1" dotnet publish "$repo/src/$1" --configuration Release --output "$work/$1" --artifacts-path "$work/artifacts" \
    -p:PublishAot=false -p:RunAnalyzers=false -p:UseSharedCompilation=false -nodeReuse:false ||
    fail "$1 could not be built." "publish-$1"
}

# All that the .NET SDK and NuGet write goes into the work folder too; packages that NuGet already has are used from where they are.
contain_dotnet() {
  local user_home=$HOME
  export HOME=$work/home TMPDIR=$work/tmp NUGET_SCRATCH=$work/tmp
  unset XDG_CONFIG_HOME XDG_DATA_HOME DOTNET_CLI_HOME NUGET_HTTP_CACHE_PATH NUGET_PLUGINS_CACHE_PATH
  mkdir -p "$HOME/.nuget" "$TMPDIR"
  if [ -d "$user_home/.nuget/NuGet" ]; then
    cp -r "$user_home/.nuget/NuGet" "$HOME/.nuget/" # the user's package sources
  fi
  export NUGET_FALLBACK_PACKAGES=${NUGET_PACKAGES:-$user_home/.nuget/packages}
  [ -d "$NUGET_FALLBACK_PACKAGES" ] || unset NUGET_FALLBACK_PACKAGES
  export NUGET_PACKAGES=$work/nuget
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
  export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_EnableDiagnostics=0
}

# --- the chain ---------------------------------------------------------------------------------------------------

start_samba() {
  local samba=$work/samba
  samba_port=$(free_port 4450)
  mkdir -p "$samba"/{private,lock,state,cache,pid,ncalrpc,share}
  echo "read over SMB" >"$samba/share/hello.txt"
  # No word of auditing in it: switching that on is the exporter's work.
  cat >"$samba/smb.conf" <<CONF
[global]
    server role = standalone server
    interfaces = 127.0.0.1/8 lo
    bind interfaces only = yes
    smb ports = $samba_port
    server min protocol = NT1
    map to guest = Bad User
    disable netbios = yes
    load printers = no
    usershare max shares = 0
    log file = $samba/smbd.log
    private dir = $samba/private
    lock directory = $samba/lock
    state directory = $samba/state
    cache directory = $samba/cache
    pid directory = $samba/pid
    ncalrpc dir = $samba/ncalrpc

[share]
    path = $samba/share
    guest ok = yes
    # Only root may enter this folder.
    force user = root
CONF
  start samba smbd -F --no-process-group -s "$samba/smb.conf"
  wait_for "Samba accepts connections on port $samba_port" 20 samba accepts "$samba_port"
  say "Samba serves SMB1 on 127.0.0.1:$samba_port (auditing is off)"
}

start_exporter() {
  exporter_url=http://127.0.0.1:$(free_port 10445)
  start smb1-exporter "$work/Smb1Exporter/smb1-exporter" --urls "$exporter_url" \
    --Exporter:Source=Samba --Exporter:Samba:ConfigFile="$work/samba/smb.conf" --Exporter:Samba:AuditLog="$work/samba/auth_audit.log" --Exporter:Samba:Servers="127.0.0.1:$samba_port" \
    --Exporter:StateFile="$work/exporter.db" --Exporter:Customer="$CUSTOMER" --Exporter:BirthHold=00:00:02
  wait_for "smb1-exporter answers" 30 smb1-exporter answers "$exporter_url/-/healthy"
  wait_for "smb1-exporter has switched auditing on" 20 smb1-exporter has_metric 'smb1_auditing_enabled.* 1$'
  say "smb1-exporter runs and has switched Samba's auditing on: $exporter_url"
}

start_receiver() {
  receiver_url=http://127.0.0.1:$(free_port 10446)
  # Where alertmanager.yml looks for it.
  token_file=$work/alertmanager/smb1-ticket-receiver.token
  mkdir -p "$work/alertmanager"
  (umask 077 && head -c 9 /dev/urandom | base64 | tr '+/' 'xy' >"$token_file")
  start smb1-ticket-receiver "$work/Smb1Exporter.TicketReceiver/smb1-ticket-receiver" --urls "$receiver_url" \
    --Receiver:Database="$work/tickets.db" --Receiver:TokenFile="$token_file"
  wait_for "smb1-ticket-receiver answers" 30 smb1-ticket-receiver answers "$receiver_url/-/ready"
  say "smb1-ticket-receiver runs: $receiver_url"
}

# with_fast_times FILE: the product's own file, with seconds where a real site has minutes.
with_fast_times() {
  sed -E 's/^( *)(scrape_interval|evaluation_interval|scrape_timeout|group_wait|group_interval):.*/\1\2: 1s/' "$1"
}

start_alertmanager() {
  alertmanager_port=$(free_port 9093)
  with_fast_times "$alerts/alertmanager.yml" |
    sed "s|http://127.0.0.1:10446/|$receiver_url/|" >"$work/alertmanager/alertmanager.yml"
  start alertmanager prometheus-alertmanager --config.file="$work/alertmanager/alertmanager.yml" --storage.path="$work/alertmanager/data" \
    --web.listen-address="127.0.0.1:$alertmanager_port" --cluster.listen-address=
  wait_for "Alertmanager answers" 20 alertmanager answers "http://127.0.0.1:$alertmanager_port/-/ready"
  say "Alertmanager runs: http://127.0.0.1:$alertmanager_port"
}

start_prometheus() {
  prometheus_port=$(free_port 9090)
  mkdir -p "$work/prometheus"
  cp "$alerts/smb1.rules.yml" "$work/prometheus/"
  with_fast_times "$alerts/prometheus.yml" |
    sed "s/127.0.0.1:9093/127.0.0.1:$alertmanager_port/; t; s/127.0.0.1:10445/${exporter_url#*//}/; t; s/127.0.0.1:10446/${receiver_url#*//}/" \
      >"$work/prometheus/prometheus.yml"
  start prometheus prometheus --config.file="$work/prometheus/prometheus.yml" --storage.tsdb.path="$work/prometheus/data" \
    --web.listen-address="127.0.0.1:$prometheus_port"
  wait_for "Prometheus answers" 20 prometheus answers "http://127.0.0.1:$prometheus_port/-/ready"
  say "Prometheus runs with alerts/smb1.rules.yml: http://127.0.0.1:$prometheus_port"
}

# connect PROTOCOL: one real connection, as a device on the network would make it.
connect() {
  run "smbclient-$1" smbclient //127.0.0.1/share --configfile="$work/samba/smb.conf" -p "$samba_port" -U% \
    -m "$1" --option='client min protocol=NT1' -c ls ||
    fail "The $1 connection to Samba failed." "smbclient-$1"
}

print_ticket() {
  local rule='----------------------------------------------------------------------'
  printf '\n%s\n' "$rule"
  jq --raw-output '.[0] | "Subject: \(.subject)\n\(.body)"' "$work/tickets.json"
  printf '%s\n\n' "$rule"
}

print_addresses() {
  cat <<ADDRESSES
Tickets               $receiver_url/   (any user name, password $(<"$token_file"))
Clients and totals    $exporter_url/
Metrics               $exporter_url/metrics
Prometheus            http://127.0.0.1:$prometheus_port/alerts
Alertmanager          http://127.0.0.1:$alertmanager_port/
One more connection   smbclient //127.0.0.1/share -p $samba_port -U% -m NT1 --option='client min protocol=NT1' -c ls

ADDRESSES
}

main() {
  local argument installed built
  for argument in "$@"; do
    case $argument in
      --once) once=true ;;
      --help | -h) usage && exit 0 ;;
      *) echo "quickstart: unknown argument $argument (see --help)" >&2 && exit 2 ;;
    esac
  done

  # Started in the background by another script, bash ignores Ctrl-C and cannot undo that by itself.
  if [[ $(trap -p INT) == *"''"* ]]; then
    exec env --default-signal=INT bash "$script" "$@"
  fi

  check_machine
  become_root "$@"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  work=$(mktemp -d "${TMPDIR:-/tmp}/smb1-quickstart.XXXXXX")
  cd "$work"
  # The .NET runtime keeps its named locks there, whatever TMPDIR says.
  [ -e /tmp/.dotnet ] || dotnet_tmp_is_ours=true

  install_packages
  contain_dotnet
  installed=$SECONDS
  say "Building both programs"
  publish Smb1Exporter
  publish Smb1Exporter.TicketReceiver
  built=$SECONDS

  start_samba
  start_exporter
  start_receiver
  start_alertmanager
  start_prometheus
  wait_for "Prometheus has scraped smb1-exporter" 20 prometheus scraped
  connect SMB2
  connect NT1
  say "Connected to Samba twice: once with SMB2, which is fine, and once with SMB1, which is to become a ticket"
  wait_for "the ticket is made, within $TICKET_LIMIT s of everything being installed" $((built + TICKET_LIMIT - SECONDS)) all ticket_came

  say "The ticket has come: $((SECONDS - built)) s after everything was installed and built (installing: $installed s, building: $((built - installed)) s)"
  print_ticket
  print_addresses
  if ! $once; then
    echo "All of this runs until you press Ctrl-C."
    while sleep 1; do
      still_runs
    done
  fi
}

main "$@"
