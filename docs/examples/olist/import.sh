#!/bin/sh
# Imports the Olist data set: sh import.sh DATA_FOLDER [OPTIONS of ordo import]
# ORDO names the program, default "ordo". Run it again and nothing changes.
set -eu
here=$(dirname "$0")
data=$1
shift
run() { file=$1; mapping=$2; shift 2; "${ORDO:-ordo}" import "$file" --mapping "$here/$mapping" "$@"; }
run "$here/channel.jsonl" channel.map.json "$@"
run "$data/sellers.csv" sellers.map.json "$@"
run "$data/products.csv" products.map.json "$@"
run "$data/order_items.csv" stock.map.json "$@"
run "$data/orders.csv" orders.map.json --errors olist.errors.csv "$@"
run "$data/orders.csv" outcomes.map.json --errors olist.outcomes.errors.csv "$@"
