--- examples/openresty, run inside an nginx of the tests.
local knot = require "spec.support.knot"
local nginx = require "spec.support.nginx"
local shell = require "spec.support.shell"

describe("examples/openresty", function()
  local names, server

  setup(function()
    names = assert(knot.start { zones = { ["example.test"] = knot.EMPTY .. [[
@ MX 10 mx.example.test.
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject"
]] } })
    -- What its nginx.conf says of Lua and of the page is taken as it stands.
    local conf = shell.read "examples/openresty/nginx.conf"
    server = nginx.start {
      main = "env MAILSEAL_SERVER=" .. names.address .. ";",
      http = assert(conf:match "(lua_shared_dict[^\n]+)\n") .. "\n" .. assert(conf:match "(init_by_lua_block[^\n]+)\n"),
      server = assert(conf:match "(location /.-)\n"),
      files = { ["records.lua"] = shell.read "examples/openresty/records.lua" },
    }
  end)

  teardown(function()
    server:stop()
    names:stop()
  end)

  it("tells what a domain publishes, and what it does not", function()
    local page, status = server:get "/?domain=example.test"
    assert.equal(200, status, server:log())
    assert.equal("example.test MX: 10 mx.example.test\nexample.test TXT: v=spf1 -all\n_dmarc.example.test TXT: v=DMARC1; p=reject\n"
      .. "_mta-sts.example.test TXT: nxdomain\n_smtp._tls.example.test TXT: nxdomain\ndefault._bimi.example.test TXT: nxdomain\n", page)
    assert.matches("example.test TXT %(cached%): v=spf1 %-all", (server:get "/?domain=example.test"))
  end)

  it("says so where a domain's name is none", function()
    assert.matches("^[^\n]*label", (server:get "/?domain=a..b"))
  end)
end)
