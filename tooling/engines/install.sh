#!/usr/bin/env bash
# What `test:engines` has not from npm, from Debian or Ubuntu, as root: Firefox, WebKit's small browser with a screen for it, QEMU for arm64 with the
# C and C++ libraries. Each on its own: what there is none of is left out. Nothing here fails: the tests say what is missing.
set -uo pipefail
if ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
  echo "skipped: this needs apt-get, and root"
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
timeout 60 apt-get -qq update || echo "apt-get update failed: what is known already is tried"
for packages in firefox-esr "libwebkit2gtk-4.1-0 xvfb" "qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross"; do
  # shellcheck disable=SC2086 -- a list
  timeout 120 apt-get -qq install -y --no-install-recommends $packages > /dev/null 2>&1 && echo "have: $packages" ||
    echo "skipped: apt-get has no $packages here, or takes more than 120 s"
done
