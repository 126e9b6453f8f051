#!/usr/bin/env bash
# The tests on Pyodide, in Node 20 or later:
#
#   tests/support/run_pyodide.sh PYTHON FOLDER [argument of pytest ...]
#
# PYTHON is any that has pip. All that is installed goes into FOLDER, which may exist.
set -euo pipefail
python=$1 folder=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$folder"

version=314.0.7
if ! grep -qsF "\"version\": \"$version\"" "$folder/node_modules/pyodide/package.json"; then
  npm install --silent --no-audit --no-fund --prefix "$folder" "pyodide@$version"
fi

# While the tests run there is no network: what they need is installed here, pure Python
# alone, in the latest version that has a wheel of that kind.
rm -rf "$folder/site-packages"
install() {
  PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 \
    "$python" -m pip -qq install --upgrade --target "$folder/site-packages" "$@"
}
install --only-binary=:all: --platform any --implementation py --abi none \
  --python-version 3.14 "pytest>=8" "hypothesis>=6.100" "django>=4.2" "falcon>=3.1" \
  "httpx>=0.27" "idna>=3.7" "itsdangerous>=2.2" "publicsuffixlist>=1.0" "starlette>=0.40" \
  blinker click
# MarkupSafe has no wheel of pure Python, and so these can't be resolved as above; but
# without its extension, which is for another platform, it is pure Python.
install --no-deps "flask>=3.1" "jinja2>=3.1" "markupsafe>=2.1" "werkzeug>=3.1"
# The project itself, for what its metadata says; the tests import it from `src`.
install --no-deps "$root"

# A deep recursion in C raises RecursionError elsewhere, and ends Pyodide where Node's
# stack is smaller than the one of Python.
ulimit -s 65536
node --stack-size=60000 "$root/tests/support/pyodide.mjs" "$folder" "$@"
