#!/bin/sh
# What Fission's builder runs on the archive: the function's requirements are installed beside it.
set -e
pip3 install --requirement "$SRC_PKG/requirements.txt" --target "$SRC_PKG"
cp -r "$SRC_PKG" "$DEPLOY_PKG"
