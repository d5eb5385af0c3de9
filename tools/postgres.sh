#!/bin/sh
# A PostgreSQL server of our own: its data, settings and log are in one folder, it listens on 127.0.0.1 alone, and it is as
# durable as PostgreSQL is by default. For tests, measurements and trying things out; it trusts whoever is on this machine.
#
#   postgres.sh start DIR [PORT] [--conf 'NAME = VALUE']...   starts it, and prints its url; DIR is made where it is missing
#   postgres.sh stop DIR                                      ends it; the data stay
#   postgres.sh drop DIR                                      ends it and removes DIR
#   postgres.sh url DIR                                       prints the url
#   postgres.sh with DIR COMMAND...                           runs a command with ORDO_TEST_POSTGRES=url
#
# A start of what runs already changes nothing but says the url. Port and settings are kept for the next start; without a
# PORT the first one picks a free one. PostgreSQL refuses to be root: as root it runs as the user postgres, who must be able to reach DIR.
# The programs are those of the newest version below /usr/lib/postgresql, or of PG_BIN.
set -eu

# ---- What the commands are made of: DIR is the absolute folder, its data are in DIR/data ----

say_and_stop() {
  echo "postgres.sh: $*" >&2
  exit 1
}

# The folder of initdb and postgres: Debian keeps them off the PATH.
find_programs() {
  for folder in "${PG_BIN:-}" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5nr) \
    "$(dirname "$(command -v initdb || echo none)")"; do
    if [ -x "$folder/initdb" ]; then
      echo "$folder"
      return
    fi
  done
  say_and_stop "no PostgreSQL here (Debian: apt-get install postgresql)"
}

# Runs a program of PostgreSQL as the user who owns the cluster, from a folder that this user may enter.
as_owner() (
  cd "$DIR"
  if [ "$(id -u)" = 0 ]; then
    exec runuser -u postgres -- "$@"
  fi
  exec "$@"
)

# An empty folder that the owner can reach.
make_folder() {
  mkdir -p "$DIR"
  [ "$(id -u)" != 0 ] || chown postgres: "$DIR"
  as_owner test -w "$DIR" || say_and_stop "the user postgres cannot reach $DIR"
}

# make_cluster: a new cluster, byte-wise collation, which includes DIR/data/ordo.conf.
make_cluster() {
  as_owner "$BIN/initdb" -D "$DIR/data" -U postgres -E UTF8 --locale=C -A trust >"$DIR/initdb.log" 2>&1 || {
    cat "$DIR/initdb.log" >&2
    exit 1
  }
  echo "include_if_exists = 'ordo.conf'" | as_owner tee -a "$DIR/data/postgresql.conf" >/dev/null
  set_conf "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" "max_connections = 300" \
    "log_line_prefix = '%m %d %p '"
}

# set_conf 'NAME = VALUE'...: settings from the next start on; a later one overrides an earlier one.
set_conf() {
  for setting; do
    case $setting in
    *[!\ ]*=*[!\ ]*) echo "$setting" ;;
    *) say_and_stop "--conf needs NAME = VALUE, not $setting" ;;
    esac
  done | as_owner tee -a "$DIR/data/ordo.conf" >/dev/null
}

is_running() {
  [ -d "$DIR/data" ] && as_owner "$BIN/pg_ctl" -D "$DIR/data" status >/dev/null 2>&1
}

# run_server PORT: starts it on this port, and waits until it answers; false when the port is taken.
run_server() {
  : >"$DIR/start.log"
  as_owner "$BIN/pg_ctl" -D "$DIR/data" -l "$DIR/log" -o "-p $1" -w -t 60 start >"$DIR/start.log" 2>&1
}

# What the log says of the last start.
start_failed() {
  tail -n 20 "$DIR/log" >&2
  say_and_stop "the server does not start, see $DIR/log"
}

# One port after another, from a random one on, below those that the kernel gives to clients.
run_on_a_free_port() {
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    if run_server "$port"; then
      echo "$port" >"$DIR/port"
      return
    fi
    tail -n 5 "$DIR/log" | grep -q "Address already in use" || start_failed
    port=$((port + 1))
  done
  start_failed
}

url() {
  [ -s "$DIR/port" ] || say_and_stop "no server was started in $DIR"
  echo "postgresql://postgres@127.0.0.1:$(cat "$DIR/port")/postgres"
}

# ---- Commands ----

# start [PORT] [--conf SETTING]...
start() {
  fixed=
  make_folder
  [ -d "$DIR/data" ] || make_cluster
  while [ $# -gt 0 ]; do
    case $1 in
    --conf)
      set_conf "${2:?--conf needs NAME = VALUE}"
      shift
      ;;
    *) fixed=$1 ;;
    esac
    shift
  done
  [ -z "$fixed" ] || echo "$fixed" >"$DIR/port"
  if is_running; then
    :
  elif [ -s "$DIR/port" ]; then
    run_server "$(cat "$DIR/port")" || start_failed
  else
    run_on_a_free_port
  fi
  url
}

stop() {
  ! is_running || as_owner "$BIN/pg_ctl" -D "$DIR/data" -m fast -w stop >/dev/null
}

drop() {
  ! is_running || as_owner "$BIN/pg_ctl" -D "$DIR/data" -m immediate -w stop >/dev/null
  rm -rf "$DIR"
}

with() {
  ORDO_TEST_POSTGRES=$(url)
  export ORDO_TEST_POSTGRES
  exec "$@"
}

usage() {
  sed -n '5,9s/^# *//p' "$0" >&2
  exit 2
}

[ $# -ge 2 ] || usage
command=$1
DIR=$(realpath -m "$2")
BIN=$(find_programs)
shift 2
case $command in
start | stop | drop | url | with) "$command" "$@" ;;
*) usage ;;
esac
