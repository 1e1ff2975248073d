#!/bin/sh
# deps.sh: is everything here that mailseal needs?
#
#   deps.sh check     what compiling needs: names what is missing, installs nothing
#   deps.sh build     what building and running needs: installs what is missing where it can
#   deps.sh example   that and what the examples and the demo need, likewise
#   deps.sh test      what the tests and checks need, likewise
#
# A need is looked for by what it does (a header that compiles, a command, a Lua module), never by a
# package's name, so that one that came from elsewhere counts. On Debian and its kin the packages of
# what is missing are installed with apt-get, as root or through sudo; elsewhere they are named. Exit
# status 1 only where something is missing in the end.
set -u
export DEBIAN_FRONTEND=noninteractive

CC=${CC:-cc}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# ---- one test a kind of need: true where it is here

has_command() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1; }
has_header() { printf '#include <%s>\n' "$1" | "$CC" -E -x c -o "$scratch/header" - >/dev/null 2>&1; }
has_lua_header() { [ -n "$(find_lua_header "$1")" ]; }
has_lua_module() { "${1%%:*}" -e "require '${1#*:}'" >/dev/null 2>&1; }
# A module that only nginx can load.
has_nginx_module() { luajit -e "assert(package.searchpath('$1', package.path))" >/dev/null 2>&1; }
has_perl_module() { perl -M"$1" -e 1 >/dev/null 2>&1; }
has_python_module() { python3 -c "import $1" >/dev/null 2>&1 || /usr/bin/python3 -c "import $1" >/dev/null 2>&1; }
# Compiles and links an empty program: `has_link gcc -fsanitize=address`.
has_link() { printf 'int main(void) { return 0; }\n' | "$@" -x c -o "$scratch/program" - >/dev/null 2>&1; }
has_fuzzer() {
    printf 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n) { return p == 0 && n; }\n' |
        clang -fsanitize=fuzzer,address -x c -o "$scratch/fuzzer" - >/dev/null 2>&1
}
# Debian has nginx's modules in a directory of their own, OpenResty has them compiled in.
has_nginx_lua() { [ -e /usr/lib/nginx/modules/ngx_http_lua_module.so ] || has_command openresty; }
has_file() { [ -e "$1" ]; }
# Debian keeps a server's programs out of the PATH.
has_postgresql() { [ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || has_command initdb; }
has_pdns_sqlite() { [ -n "$(ls /usr/lib/*/pdns/libgsqlite3backend.so /usr/lib/pdns/libgsqlite3backend.so 2>/dev/null)" ]; }
has_luacheck() { luacheck --version >/dev/null 2>&1; }

find_lua_header() {
    for prefix in /usr /usr/local /usr/local/openresty/luajit /opt/homebrew; do
        ls "$prefix/include/$1/lua.h" 2>/dev/null
    done
}

# ---- what is needed: need TEST ARGUMENT PACKAGE WORDS

missing_packages=
missing_words=
need() {
    test=$1 argument=$2 package=$3 words=$4
    # shellcheck disable=SC2086 # an argument may be several words
    if ! "has_$test" $argument; then
        missing_words="$missing_words  $words  (Debian: $package)
"
        case " $missing_packages " in
        *" $package "*) ;;
        *) missing_packages="$missing_packages $package" ;;
        esac
    fi
}

needs_of_compiling() {
    need command "$CC" gcc "a C compiler"
    need header stdio.h libc6-dev "the C library's headers"
    need header openssl/evp.h libssl-dev "OpenSSL's headers (openssl/evp.h)"
    need header ares.h libc-ares-dev "c-ares' header (ares.h)"
    if ! has_lua_header luajit-2.1; then
        need lua_header lua5.4 liblua5.4-dev "a Lua header (lua5.4/lua.h or luajit-2.1/lua.h)"
    fi
}

needs_of_building() {
    needs_of_compiling
    need lua_header lua5.4 liblua5.4-dev "the header of Lua 5.4"
    need command lua5.4 lua5.4 "Lua 5.4"
    need lua_module lua5.4:cjson lua-cjson "lua-cjson, for --json and JSON zones"
    need lua_module lua5.4:argparse lua-argparse "argparse, for the command mailseal"
    need lua_module lua5.4:dbd.sqlite3 lua-dbi-sqlite3 "lua-dbi with SQLite, for the registry of domains"
    need file /usr/share/publicsuffix/public_suffix_list.dat publicsuffix "the public suffix list, for the registry of domains"
    need command luajit luajit2 "LuaJIT, for the service"
    need lua_header luajit-2.1 libluajit2-5.1-dev "the header of LuaJIT"
    need lua_module luajit:cjson lua-cjson "lua-cjson for LuaJIT"
    need lua_module luajit:argparse lua-argparse "argparse for LuaJIT"
    need lua_module luajit:dbd.sqlite3 lua-dbi-sqlite3 "lua-dbi with SQLite for LuaJIT"
    need command nginx nginx "nginx, for the service"
    need nginx_lua "" libnginx-mod-http-lua "lua-nginx-module"
    need nginx_module resty.core lua-resty-core "lua-resty-core"
    need file /etc/ssl/certs/ca-certificates.crt ca-certificates "certificates to trust, for webhooks"
}

needs_of_examples() {
    needs_of_building
    need command knotd knot "Knot DNS, for the examples"
    need command knsupdate knot-dnsutils "knsupdate, for the examples"
}

needs_of_testing() {
    needs_of_examples
    need command busted lua-busted "busted, the test runner"
    for lua in lua5.4 luajit; do
        need lua_module $lua:cqueues lua-cqueues "cqueues, a loop that tasks run on"
        need lua_module $lua:_openssl.ssl.context lua-luaossl "luaossl, for https outside of nginx"
        need lua_module $lua:luv lua-luv "luv, another"
        need lua_module $lua:lxp lua-expat "lua-expat, for the XML of Route 53"
        need lua_module $lua:dbd.sqlite3 lua-dbi-sqlite3 "lua-dbi with SQLite"
        need lua_module $lua:dbd.postgresql lua-dbi-postgresql "lua-dbi with PostgreSQL"
    done
    need file /usr/share/publicsuffix/public_suffix_list.dat publicsuffix "the public suffix list"
    need postgresql "" postgresql "PostgreSQL, a server to test against"
    need command named-checkzone bind9-utils "named-checkzone, to read zone files with"
    need command luarocks luarocks "LuaRocks"
    need command git git "git"
    need command openssl openssl "the openssl command, to compare with"
    need command valgrind valgrind "valgrind"
    need link "gcc -fsanitize=address,undefined" gcc "gcc with its sanitizers"
    need command clang clang "clang"
    need fuzzer "" libclang-rt-dev "clang's libFuzzer"
    need command clang-format clang-format "clang-format"
    need command clang-tidy clang-tidy "clang-tidy"
    need command cppcheck cppcheck "cppcheck"
    need luacheck "" lua-check "luacheck"
    need command ldoc lua-ldoc "LDoc"
    need lua_module lua5.1:markdown lua-markdown "markdown, for LDoc"
    need command gcovr gcovr "gcovr"
    need command pkg-config pkg-config "pkg-config"
    need command python3 python3 "Python, to read pictures with"
    need header opendkim/dkim.h libopendkim-dev "libopendkim, to interoperate with"
    need python_module yaml python3-yaml "PyYAML, to read what octoDNS reads"
    need python_module dkim python3-dkim "dkimpy, to interoperate with"
    need python_module nacl python3-nacl "dkimpy's Ed25519"
    need python_module spf python3-spf "pyspf, to compare SPF with"
    need python_module DNS python3-dns "py3dns, which pyspf may want"
    need command named bind9 "BIND, a server to update"
    need command nsupdate bind9-dnsutils "nsupdate, to compare updates with"
    need command pdns_server pdns-server "PowerDNS, another"
    need command pdnsutil pdns-server "pdnsutil, to fill it with"
    need pdns_sqlite "" pdns-backend-sqlite3 "PowerDNS's database"
    need command kdig knot-dnsutils "kdig, to read whole zones with"
    need command unbound unbound "Unbound, a validating resolver to ask"
    need nginx_module nginx.dns.resolver lua-nginx-dns "lua-resty-dns, to compare with"
    need command curl curl "curl, a client to ask the service with"
    need command wrk wrk "wrk, to load the service with"
    need command chromium chromium "Chromium, to walk through the page with"
    need command node nodejs "Node.js, to drive Chromium with"
    need command npm npm "npm, for what drives Chromium"
    need python_module html5lib python3-html5lib "html5lib, to read pages as browsers do"
    need python_module jsonschema python3-jsonschema "jsonschema, to hold answers against their description"
    need perl_module Mail::DKIM::Verifier libmail-dkim-perl "Mail::DKIM, to interoperate with"
}

# ---- installing

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

can_install() {
    has_command apt-get && [ -f /etc/debian_version ] && { [ "$(id -u)" = 0 ] || has_command sudo; }
}

install_missing() {
    # shellcheck disable=SC2086 # one word a package
    set -- $missing_packages
    echo "Installing Debian packages: $*"
    if ! apt-get install --simulate --no-install-recommends "$@" >/dev/null 2>&1; then
        as_root apt-get update -q || return 1
    fi
    as_root apt-get install -y -q --no-install-recommends "$@" && return
    # The lists may be older than the archive.
    as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends "$@"
}

look() {
    missing_packages=
    missing_words=
    "$1"
}

case ${1:-} in
check) needs=needs_of_compiling ;;
build) needs=needs_of_building ;;
example) needs=needs_of_examples ;;
test) needs=needs_of_testing ;;
*)
    echo "usage: deps.sh check|build|example|test" >&2
    exit 64
    ;;
esac

look $needs
if [ -n "$missing_packages" ] && [ "$1" != check ] && can_install; then
    install_missing
    look $needs
fi
if [ -n "$missing_words" ]; then
    {
        echo "Missing:"
        printf '%s' "$missing_words"
        [ "$1" != check ] || echo "On Debian: make deps"
    } >&2
    exit 1
fi
[ "$1" != test ] || sh "$(dirname "$0")/browser.sh"
