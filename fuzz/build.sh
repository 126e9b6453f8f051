#!/usr/bin/env bash
# The targets in OSS-Fuzz's layout: for each a program in $OUT, its seeds and its words.
# Its base builder for Python has `compile_python_fuzzer`, and sets SRC and OUT.
set -euo pipefail
cd "${SRC:?the folder that holds the checkout}/cookiecodec"

# The peers that `fuzz_readers` and `fuzz_jars` compare with go along.
python3 -m pip install -U pip && python3 -m pip install . --group fuzz

for target in fuzz/fuzz_*.py; do
  name=$(basename "$target" .py)
  # `tests.support.grammar` is found here; the package loads its modules by name.
  compile_python_fuzzer "$target" --paths . --paths fuzz \
    --collect-submodules cookiecodec --exclude-module hypothesis
  (cd "fuzz/corpus/$name" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
  cp "fuzz/dictionaries/$name.dict" "$OUT/"
done
