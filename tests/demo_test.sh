#!/bin/sh
# The demo company of `make run`: demo_test.sh PROGRAM. It tells its password once, checks out, is found again, and never
# moves into the database of another company.
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0

holds() { # NAME, what a command said, a part of it
  case $2 in
    *"$3"*) passed=$((passed + 1)) ;;
    *) echo "$1: \"$2\" does not say \"$3\""; echo "$passed passed, 1 failed"; exit 1 ;;
  esac
}

said=$("$program" demo --fill-only --database "sqlite:$work/demo.db" 2>&1)
holds "filling tells the password, with nothing served too" "$said" "with the password  "
holds "everything ordered is there" "$said" "0 refused"
holds "the demo is as true as any company" "$("$program" check --database "sqlite:$work/demo.db")" "0 differences"
said=$("$program" demo --fill-only --database "sqlite:$work/demo.db" 2>&1)
holds "a filled demo is not filled again" "$said" "was shown when the demo was filled"

"$program" key add --database "sqlite:$work/own.db" --name shop --scope '*' >"$work/key"
said=$("$program" demo --fill-only --database "sqlite:$work/own.db" 2>&1 || true)
holds "another company is left alone" "$said" "choose a new file with --database"
said=$("$program" key add --database "sqlite:$work/own.db" --name shop --scope '*' --days -5 2>&1 || true)
holds "a refusal on the command line names what it is about" "$said" "expires_at: must lie in the future"
echo "$passed passed, 0 failed"
