#!/usr/bin/env bash
# Makes a throw-away authority and a server certificate for the name localhost, for tests.
#
#   certificate.sh DIR      writes DIR/ca.pem, DIR/cert.pem, DIR/key.pem, valid for a day
set -euo pipefail

dir=${1:?usage: certificate.sh DIR}
command -v openssl >/dev/null || { echo "certificate.sh: the openssl command is missing" >&2; exit 1; }
mkdir -p "$dir"
cd "$dir"

make() {
  openssl req -x509 -days 1 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc "$@" \
    >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }
}

make -keyout ca-key.pem -out ca.pem -subj "/CN=Lakegate test authority" \
  -addext "keyUsage=critical,keyCertSign"
make -keyout key.pem -out cert.pem -subj "/CN=localhost" -CA ca.pem -CAkey ca-key.pem \
  -addext "basicConstraints=critical,CA:FALSE" \
  -addext "subjectAltName=DNS:localhost"
