-- mailseal.onboard.publishing.operator_access: ways into operators' zones, as onboard.open is given them.
local access = require "mailseal.onboard.publishing.operator_access"
local onboard = require "mailseal.onboard"

local KEY = "hmac-sha256:k.test:bWFpbHNlYWwgdGVzdHMga25vdyBubyBzZWNyZXRzICEh"

describe("a way into an operator's zone", function()
  it("is found by the zone's name, however that is spelled", function()
    local ways = assert(access.of { ["Keys.Example."] = { via = "rfc2136", server = "192.0.2.53", key = KEY } })
    local way = ways["keys.example"]
    assert.same({ "rfc2136", 3600, { server = "192.0.2.53", key = KEY } }, { way.via, way.ttl, way.options })
    assert.is_nil(way.scope:find(KEY, 1, true))
  end)

  it("is refused where it makes no sense, and nothing that is secret is told", function()
    for code, given in pairs {
      no_target = { ["keys.example"] = { via = "rfc2137", key = KEY } },
      bad_setting = { ["keys.example"] = { via = "rfc2136", sever = "192.0.2.53", key = KEY } },
      bad_name = { ["keys..example"] = { via = "rfc2136", key = KEY } },
    } do
      local registry, message, got = onboard.open { db = "sqlite::memory:", operator_zones = given }
      assert.same({ nil, code }, { registry, got })
      assert.is_nil(message:find("bWFpb", 1, true))
    end
  end)

  it("is the programmer's mistake where it is none", function()
    for _, given in ipairs { { "keys.example" }, { ["keys.example"] = {} }, { ["keys.example"] = { via = "rfc2136", ttl = "x" } } } do
      assert.error(function() access.of(given) end)
    end
  end)
end)
