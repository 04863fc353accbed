# shellcheck shell=bash
# Part of tests/run.sh: what there is to run, and which of it is named.

# classes_of PROJECT: its test classes, one per line.
classes_of() {
  grep -rhoP --include='*.cs' --exclude-dir=bin --exclude-dir=obj '^public (sealed )?(partial )?class \K\w+(Tests|Properties)\b' "tests/$1" | sort -u
}

# choose NAME…: sets chosen, an array from project to classes; no class means all of them. Ends the script when a name matches nothing.
choose() {
  local name project found class
  for name in "$@"; do
    found=false
    for project in "${projects[@]}"; do
      if [ "$name" = "$project" ]; then
        chosen[$project]=
        found=true
      elif class=$(classes_of "$project" | grep -Fx -- "${name##*.}"); then
        # A project that is named as a whole stays whole.
        if [ "${chosen[$project]-some}" != "" ]; then
          chosen[$project]+=" $class"
        fi
        found=true
      fi
    done
    $found || no_such_name "$name"
  done
}

no_such_name() {
  local project
  {
    echo "$1 is neither a project nor a class of tests. There are:"
    for project in "${projects[@]}"; do
      echo "$project"
      classes_of "$project" | paste -sd ' ' | fold -sw 120 | sed 's/^/  /'
    done
  } >&2
  exit 2
}

# sources_of PROJECT CLASSES: the files that they stand in.
sources_of() {
  local class
  for class in $2; do
    grep -rlE --include='*.cs' --exclude-dir=bin --exclude-dir=obj "\bclass $class\b" "tests/$1"
  done
}

# chosen_touch PROJECT PATTERN: whether the project is named, or a class of it whose file, or the file's path, holds the pattern.
chosen_touch() {
  local classes=${chosen[$1]-none} file
  [ "$classes" != none ] || return 1
  [ -n "$classes" ] || return 0
  for file in $(sources_of "$1" "$classes"); do
    if [[ $file =~ $2 ]] || grep -qE "$2" "$file"; then
      return 0
    fi
  done
  return 1
}

needs_request_tracker() { chosen_touch EndToEnd.Tests RequestTracker || chosen_touch Smb1Exporter.TicketReceiver.Tests RequestTracker; }

needs_wine() { chosen_touch EndToEnd.Tests WinePrefix; }

needs_vmagent() { chosen_touch EndToEnd.Tests PushReceiver; }

needs_grafana_schema() { chosen_touch EndToEnd.Tests GrafanaSchema; }
