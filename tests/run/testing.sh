# shellcheck shell=bash
# Part of tests/run.sh and tests/build-prometheus.sh: packages of Debian testing for what Debian 12 does not have. Its Go programs run there as they are.

# use_testing FOLDER: reads the lists of packages of Debian testing into FOLDER, and sets testing, the options by which apt uses them. The machine's own
# lists and packages stay as they are.
use_testing() {
  local folder=$1 mirror
  mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' | head -n 1)
  [ -n "$mirror" ] || { echo "No mirror of Debian in the lists of packages"; return 1; }
  mkdir -p "$folder"/{lists/partial,cache/archives/partial}
  printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s forky main\n' deb "$mirror" deb-src "$mirror" >"$folder/sources.list"
  testing=(-o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache")
  apt-get "${testing[@]}" update
}
