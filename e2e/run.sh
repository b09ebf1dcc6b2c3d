#!/usr/bin/env bash
# Runs real MCP clients and the official conformance suite against the built server.
#
#   e2e/run.sh PRODUCT FIXTURE
#
# PRODUCT is the built mailtrap-contacts-mcp, FIXTURE the built ./e2e/fixture. npm installs everything else, including
# the Node that the clients want, from the versions in package-lock.json.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "usage: $0 PRODUCT FIXTURE" >&2
  exit 2
fi
PRODUCT=$(realpath "$1")
FIXTURE=$(realpath "$2")
export PRODUCT FIXTURE

cd "$(dirname "$0")"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --ignore-scripts --no-progress
  cp package-lock.json node_modules/.installed
fi

node=$(find node_modules/node-* -path '*/bin/node' -type f 2>/dev/null | head -n 1 || true)
node=${node:-node}

# What takes minutes of doing nothing runs beside the rest.
log=$(mktemp)
"$node" --test --test-reporter=spec --test-timeout=600000 ./*.long.mjs >"$log" 2>&1 &
long=$!
trap 'kill "$long" 2>/dev/null || true; rm -f "$log"' EXIT

failed=0
"$node" --test --test-reporter=spec --test-timeout=600000 ./*.test.mjs || failed=1
wait "$long" || failed=1
cat "$log"
exit "$failed"
