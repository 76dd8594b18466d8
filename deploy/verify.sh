#!/usr/bin/env bash
# Walks the Dockerfile's steps without Docker: a clean virtual environment, the files of the image, a start in it.
# Takes half a minute. PYTHON names another interpreter; an argument names a folder that is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${1:-}"
if [ -z "$folder" ]; then
  folder="$(mktemp -d)"
  trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
fi
say() { printf '%s\n' "· $*"; }
fail() { printf '%s\n' "✗ $*" >&2; exit 1; }

say "installing requirements/server.txt"
"${PYTHON:-python3}" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$python" -m pip --quiet --quiet --disable-pip-version-check --no-input \
  install --require-hashes --only-binary :all: -r requirements/server.txt

say "copying what .dockerignore lets through"
mkdir -p "$folder/app" "$folder/data"
cp -R LICENSE bot cogs sandbox "$folder/app"
find "$folder/app" -name __pycache__ -prune -exec rm -rf {} +
cd "$folder/app"
"$python" -m compileall -q --invalidation-mode unchecked-hash bot cogs sandbox
chmod -R a-w "$folder/app"
touch "$folder/compiled"

# As in the container: no variable but the image's own, and no .env.
bot() { env -i PATH="$PATH" PYTHONDONTWRITEBYTECODE=1 DATA_DIR="$folder/data" "$@"; }

version="$(bot "$python" -m bot --version)" || fail "it does not start"
say "$version"
bot "$python" -m bot check || fail "check does not pass"

code=0
said="$(bot "$python" -m bot 2>&1)" || code=$?
[ "$code" = 2 ] || fail "without a token the exit code is $code: $said"
[[ "$said" == *DISCORD_TOKEN* && "$said" != *Traceback* ]] || fail "without a token it says: $said"

code=0
said="$(bot DISCORD_TOKEN=no.such.token DISCORD_API_URL=http://127.0.0.1:9/api "$python" -m bot 2>&1)" || code=$?
[ "$code" = 1 ] || fail "without Discord the exit code is $code: $said"

written="$(find "$folder/app" -newer "$folder/compiled" -type f)"
[ -z "$written" ] || fail "it wrote beside the data folder: $written"
say "all well"
