#!/bin/sh
# Imports the Online Retail data set: sh import.sh DATA_FILE [OPTIONS of ordo import]
# ORDO names the program, default "ordo". Run it again and nothing changes.
set -eu
here=$(dirname "$0")
data=$1
shift
run() { file=$1; mapping=$2; shift 2; "${ORDO:-ordo}" import "$file" --mapping "$here/$mapping" "$@"; }
run "$here/channel.jsonl" channel.map.json "$@"
run "$here/location.jsonl" location.map.json "$@"
run "$data" products.map.json "$@"
run "$data" stock.map.json "$@"
run "$data" orders.map.json --errors online-retail.errors.csv "$@"
