# Installs what is missing, from Debian's packages, PyPI and crates only. Sourced by the scripts beside it.

# Debian packages, when their command is not there yet. As root, or with sudo.
need_debian() { # command package...
  local command=$1; shift
  command -v "$command" >/dev/null 2>&1 && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "'$command' is missing, and there is no apt-get to install it with: install $* first" >&2
    return 1
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_compiler() {
  need_debian cc build-essential
  if ! command -v cargo >/dev/null 2>&1; then
    echo "cargo is missing: install Rust with rustup, then run this again" >&2
    return 1
  fi
}

# Python with venv, for the servers that the tests start, and what else the tests call.
need_python() {
  need_debian curl curl
  need_debian openssl openssl
  need_debian python3 python3 python3-venv
  python3 -c 'import ensurepip, venv' 2>/dev/null || need_debian no-such-command python3-venv
}

# What reads pictures in the tests, with English and what tells how a page is turned.
need_tesseract() {
  need_debian tesseract tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd
}

need_nextest() {
  cargo nextest --version >/dev/null 2>&1 || cargo install cargo-nextest --locked --quiet
}
