#!/bin/sh
# The demo company of `make run`: demo_test.sh PROGRAM. It tells its password once, checks out, is found again, and never
# moves into the database of another company. With ORDO_TEST_POSTGRES its databases are on that server.
set -eu
program=$1
work=$(mktemp -d)

# The url of a database NAME: a file of SQLite, or on the server.
database() {
  if [ -n "${ORDO_TEST_POSTGRES:-}" ]; then
    echo "${ORDO_TEST_POSTGRES%/*}/ordo_demo_$$_$1"
  else
    echo "sqlite:$work/$1.db"
  fi
}
on_server() { # COMMAND OPTION...: of both databases, where there is a server
  [ -z "${ORDO_TEST_POSTGRES:-}" ] || for name in demo own; do
    "$@" --maintenance-db "$ORDO_TEST_POSTGRES" "ordo_demo_$$_$name"
  done
}
finish() {
  on_server dropdb --force --if-exists
  rm -rf "$work"
}
trap finish EXIT
on_server createdb
passed=0

holds() { # NAME, what a command said, a part of it
  case $2 in
    *"$3"*) passed=$((passed + 1)) ;;
    *) echo "$1: \"$2\" does not say \"$3\""; echo "$passed passed, 1 failed"; exit 1 ;;
  esac
}

said=$("$program" demo --fill-only --database "$(database demo)" 2>&1)
holds "filling tells the password, with nothing served too" "$said" "with the password  "
holds "everything ordered is there" "$said" "0 refused"
holds "the demo is as true as any company" "$("$program" check --database "$(database demo)")" "0 differences"
said=$("$program" demo --fill-only --database "$(database demo)" 2>&1)
holds "a filled demo is not filled again" "$said" "was shown when the demo was filled"

"$program" key add --database "$(database own)" --name shop --scope '*' >"$work/key"
said=$("$program" demo --fill-only --database "$(database own)" 2>&1 || true)
holds "another company is left alone" "$said" "choose a new file with --database"
said=$("$program" key add --database "$(database own)" --name shop --scope '*' --days -5 2>&1 || true)
holds "a refusal on the command line names what it is about" "$said" "expires_at: must lie in the future"
echo "$passed passed, 0 failed"
