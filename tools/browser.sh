#!/bin/sh
# A Chromium for the browser tests: use what is there, else install Debian's; say what is missing instead of skipping.
set -eu
have() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
if ! have; then
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "安装浏览器 chromium 与中文字体……"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
  fi
fi
have || { echo "浏览器测试需要 Chromium：请安装软件包 chromium 和 fonts-noto-cjk 后再运行 make test。" >&2; exit 1; }
