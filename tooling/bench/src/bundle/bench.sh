#!/bin/sh
# Measures the GPU and the cores of this machine, without network: ./bench.sh [FOLDER FOR THE RESULTS]
# PYTHON names an interpreter with torch (default: python3); ONLY=gpu or ONLY=cores leaves the other out.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-results}
mkdir -p "$out"
# The loader that came along, where the system has none.
if ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then
  export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi

bench() {
  file="$out/$1.json"
  shift
  "$here/node" "$here/tooling/bench/src/main.ts" --python "${PYTHON:-python3}" --json "$@" >"$file" &&
    "$here/node" "$here/tooling/bench/src/main.ts" --from "$file"
}

if [ "${ONLY:-gpu}" = gpu ]; then
  for part in 1 2 3 4 5 6 7 8; do
    "$here/node" "$here/tooling/bench/src/bundle/conformance.ts" $part/8 >"$out/conformance-$part.txt" 2>&1 &
  done
  wait
  cat "$out"/conformance-?.txt | tee "$out/conformance.txt"
  rm "$out"/conformance-?.txt
  bench gpu --work training --only webgpu,cuda --engines cuda
fi
if [ "${ONLY:-cores}" = cores ]; then
  bench cores --work resnet --only simd,pytorch
fi
