#!/bin/bash
# rock.sh: the rock, without a network: made, used, packed, and installed again from what was packed.
#
#   rock.sh lua5.4|luajit
set -u
cd "$(dirname "$0")/../.." || exit 1
. spec/support/check.sh

lua=$1
case $lua in
luajit) luarocks=(luarocks --lua-version 5.1 --lua-dir=/usr) variables=(LUA_INCDIR=/usr/include/luajit-2.1) version=5.1 ;;
*) luarocks=(luarocks --lua-version 5.4) variables=() version=5.4 ;;
esac

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
mkdir -p "$HOME"

# LuaRocks leaves objects beside the sources, so it works on what `make dist` packs, elsewhere.
unpack() {
    make --no-print-directory dist && tar -xzf build/mailseal-scm-1.tar.gz -C "$scratch"
}

in_tree() {
    local tree=$1
    shift
    (cd "$scratch" && "${luarocks[@]}" --tree "$tree" "$@")
}

make_rock() {
    (cd "$scratch/mailseal-scm-1" && "${luarocks[@]}" --tree "$scratch/made" make "${variables[@]}")
}

pack_source() {
    local rockspec=$PWD/build/mailseal-scm-1.rockspec
    (cd "$scratch" && "${luarocks[@]}" pack "$rockspec" && test -s mailseal-scm-1.src.rock)
}

# Only what the rock brought is on the path, beside the system's own modules.
require_from() {
    (cd / && LUA_PATH="$1/share/lua/$version/?.lua;$1/share/lua/$version/?/init.lua;;" \
        LUA_CPATH="$1/lib/lua/$version/?.so;;" "$lua" - "$1" <<'END'
local tree = arg[1]
for _, name in ipairs {
  "mailseal.core", "mailseal.key", "mailseal.dkim", "mailseal.dns", "mailseal.record", "mailseal.spf", "mailseal.dmarc", "mailseal.check",
  "mailseal.provider", "mailseal.host", "mailseal.handover", "mailseal.onboard",
} do
  local where = assert(package.searchpath(name, name == "mailseal.core" and package.cpath or package.path))
  assert(where:sub(1, #tree) == tree, name .. " came from " .. where)
  assert(require(name))
end
local key = assert(require("mailseal.key").generate { type = "ed25519" })
assert(key:record():find("^v=DKIM1; k=ed25519; p="))
-- A rule is loaded when it is looked for, and a store brings its schema.
assert(#require("mailseal.provider").list() == 51 and #require("mailseal.host").list() == 51)
local registry = assert(require("mailseal.onboard").open {
  db = "sqlite::memory:", resolver = require("mailseal.dns").resolver { zone_text = 'example.com. TXT "x"' },
})
local domain = assert(registry:tenant("acme"):create {
  domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
})
assert(registry:tenant("acme"):export(domain.domain, "bind"):find("abc.dkim.amazonses.com.", 1, true))
registry:close()
-- The page brings its style sheet and its script.
local page = { base = "/", name = "mailseal", now = 0, version = require("mailseal.web.assets").version() }
assert(require("mailseal.web.sign_in").draw(page, {}):find("</html>", 1, true))
assert(#require("mailseal.web.assets").find("style.css").body > 1000 and #require("mailseal.web.assets").find("page.js").body > 1000)
-- The API brings its description.
local described = require("mailseal.http.api.openapi")[1].handler { service = { path = function() return "" end } }
assert(described.body:find('"openapi": "3.1.0"', 1, true))
-- A check loads what looks at each aspect when it comes to it, and so does a picture.
local resolver = assert(require("mailseal.dns").resolver { zone_text = 'example.com. TXT "v=spf1 -all"' })
local report = assert(require("mailseal.check").domain("example.com", { resolver = resolver, selectors = { "s1" }, key = key }))
assert(report.status == "unknown")
assert(require("mailseal.check.picture").draw(report):find("</svg>", 1, true))
assert(require("mailseal.check").message("From: a@example.com\r\n\r\n", { resolver = resolver }).verdict.result == "fail")
END
    )
}

command_of() {
    (cd / && "$1/bin/mailseal" keygen --type ed25519 --domain example.com --selector s1 2>&1 | grep -q "s1._domainkey.example.com")
}

# The rock's C is compiled with LuaRocks' flags: all it may show beside its entry are our own names.
symbols_are_ours() {
    local foreign
    foreign=$(nm -D --defined-only "$1/lib/lua/$version/mailseal/core.so" | awk '{ print $3 }' | grep -vE '^(ms_|luaopen_mailseal_core$)')
    [ -z "$foreign" ] || {
        echo "$foreign"
        return 1
    }
}

check "the source archive unpacks" unpack
check "luarocks make" make_rock
check "the made rock's modules load" require_from "$scratch/made"
check "the made rock's command runs" command_of "$scratch/made"
check "the made rock exports only names of ours" symbols_are_ours "$scratch/made"
check "luarocks pack mailseal" in_tree "$scratch/made" pack mailseal
check "the packed rock installs" in_tree "$scratch/packed" install --no-doc "$(ls "$scratch"/mailseal-scm-1.*.rock)"
check "the packed rock's modules load" require_from "$scratch/packed"
check "the packed rock's command runs" command_of "$scratch/packed"
if [ "$lua" = lua5.4 ]; then # it is the same for any Lua, and takes as long as all the rest
    check "luarocks pack makes a source rock" pack_source
    check "the source rock installs" in_tree "$scratch/source" install --no-doc mailseal-scm-1.src.rock
    check "the source rock's modules load" require_from "$scratch/source"
fi
finish
