# shellcheck shell=bash
# Part of tests/run.sh: steps with their logs, what failed in them, and what the tests left in their TRX files.

background=()

begin_results() {
  failures=$results/failures.txt
  : >"$failures"
  trap 'stop_background; exit 130' INT
  trap 'stop_background; exit 143' TERM HUP
}

note_failure() { echo "$1" >>"$failures"; }

log_of() { echo "$results/${1// /-}.log"; }

# attempt NAME COMMAND…: runs it with its output in a log, shown only when it fails.
attempt() {
  local name=$1 log began=$SECONDS
  log=$(log_of "$name")
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    printf '%-52s%4d s\n' "$name" $((SECONDS - began))
    return 0
  fi
  printf '%-52s%4d s  FAILED\n%s\n' "$name" $((SECONDS - began)) "$(tail -n 40 "$log")"
  return 1
}

# step NAME COMMAND…: an attempt whose failure is a failure of the run.
step() {
  attempt "$@" && return 0
  note_failure "$1 (see $(log_of "$1"))"
  return 1
}

# in_background NAME COMMAND…: beside what follows, in a process group of its own.
in_background() {
  local name=$1
  shift
  set -m
  (set +m && "$@") </dev/null &
  set +m
  background+=("$!:$name")
}

# wait_for NAME: until what runs in the background under this name has ended.
wait_for() {
  local job status others=()
  for job in "${background[@]}"; do
    if [ "${job#*:}" != "$1" ]; then
      others+=("$job")
      continue
    fi
    status=0
    wait "${job%%:*}" || status=$?
    [ "$status" -eq 0 ] || note_failure "$1: this part of tests/run.sh ended with exit code $status"
  done
  background=("${others[@]}")
}

wait_for_background() {
  while [ ${#background[@]} -gt 0 ]; do
    wait_for "${background[0]#*:}"
  done
}

stop_background() {
  local job
  trap '' INT TERM HUP
  for job in "${background[@]}"; do
    kill -TERM -- "-${job%%:*}" 2>/dev/null || true
  done
  wait
}

unescape() { sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'; }

# attribute NAME: of each XML element on standard input, one per line.
attribute() { sed -nE "s/.* $1=\"([^\"]*)\".*/\1/p" | unescape; }

# results_of FILE [OUTCOME]: the result elements in a TRX file.
results_of() { { grep -oE '<UnitTestResult [^>]*>' "$1" || true; } | { grep -E "outcome=\"${2:-[A-Za-z]*}\"" || true; }; }

count() { results_of "$@" | wc -l; }

counts_of() {
  if [ -s "$1" ]; then
    echo "$(count "$1" Passed) passed, $(count "$1" Failed) failed, $(count "$1" NotExecuted) skipped"
  else
    echo "no results"
  fi
}

# skip_reasons FILE: "test: reason" of every skipped test.
skip_reasons() {
  tr '\n' ' ' <"$1" | sed 's:</UnitTestResult>:&\n:g' | { grep -E '<UnitTestResult [^>]*outcome="NotExecuted"' || true; } |
    sed -nE 's/.*<UnitTestResult [^>]*testName="([^"]*)"[^>]*>(.*<(Message|StdOut)>([^<]*)<)?.*/\1: \4/p' | unescape
}

# slowest FILE…: the tests that took longest, as "12.3 s  name".
slowest() {
  cat "$@" | { grep -oE '<UnitTestResult [^>]*>' || true; } |
    sed -nE 's/.* testName="([^"]*)".* duration="([0-9]+):([0-9]+):([0-9.]+)".*/\2 \3 \4 \1/p' |
    awk '{ seconds = $1 * 3600 + $2 * 60 + $3; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "") } seconds >= 1 { printf "%7.1f s  %s\n", seconds, $0 }' |
    sort -rn | sed -n "1,${SLOWEST}p" | unescape
}

finish() {
  local trx passed=0 failed skipped=0 files=() slow reasons line
  reasons=$results/skipped.txt
  : >"$reasons"
  failed=$(wc -l <"$failures")
  for trx in "$results"/*.trx; do
    [ -s "$trx" ] || continue
    files+=("$trx")
    passed=$((passed + $(count "$trx" Passed)))
    failed=$((failed + $(count "$trx" Failed)))
    skipped=$((skipped + $(count "$trx" NotExecuted)))
    skip_reasons "$trx" >>"$reasons"
    results_of "$trx" Failed | attribute testName >>"$failures"
  done
  if [ ${#files[@]} -gt 0 ] && slow=$(slowest "${files[@]}") && [ -n "$slow" ]; then
    printf 'The slowest tests:\n%s\n' "$slow"
  fi
  if grep -q ': known fault' "$reasons"; then
    echo "known faults: $(grep -c ': known fault' "$reasons"), each still there"
    grep ': known fault' "$reasons" | sed 's/^/  /'
  fi
  while read -r line; do
    echo "skipped: $line"
  done < <(grep -v ': known fault' "$reasons" || true)
  while read -r line; do
    echo "FAILED: $line"
  done <"$failures"
  echo "Ran for $((SECONDS / 60)) min $((SECONDS % 60)) s; results in $results"
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ] || exit 1
  exit 0
}
