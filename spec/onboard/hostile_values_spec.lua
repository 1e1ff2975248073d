-- What a hostile tenant hands in: hostile-input.md, Service 6, 8 and 12. Whatever it is, it is refused in a sentence that can be shown, or
-- said to be misuse; nothing of it gets into the database that cannot be shown, and nothing is left half done.
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"
local printable = require "mailseal.printable"
local tenancy = require "spec.support.tenancy"

local unpack = table.unpack or unpack -- luacheck: ignore

-- Says that it is whatever is asked for.
local liar = setmetatable({}, {
  __index = function(_, name) return type(name) == "string" and "x" or nil end, __tostring = function() return "example.com" end,
  __len = function() return 5 end, __eq = function() return true end, __name = "string",
})

local function nested(depth)
  local value = {}
  for _ = 1, depth do
    value = { value }
  end
  return value
end

local VALUES = {
  "", " ", "\0", "a\0b", "a\nb", "a\r\nSubject: x", "\27[31m", "\127", "\255\254", "a\226\128\174b", "\237\160\128", ("x"):rep(1000000),
  "example.com\0", "example.com' OR '1'='1", "'; DROP TABLE domains; --", "example.com%", "EXAMPLE.COM.", "{domain}", "?", "$1",
  5, -1, 0 / 0, 1 / 0, 2 ^ 53, 1e308, 0.5, true, false, {}, { 1, 2 }, { {} }, { "a", "a" }, { [1e9] = "a" }, { x = "a\0" }, liar, { liar },
  nested(2000), print, coroutine.create(print),
}

-- How each method is called with a value: the lists of its arguments.
local function calls_with(value)
  local function create(domain, provider, vars, actor)
    return { "create", { domain = domain, provider = provider, vars = vars, actor = actor } }
  end
  local all = {
    create(value, "test-cname"), create("b.example.com", value), create("b.example.com", "test-cname", nil, value),
    create("b.example.com", "test-cname", value), create("b.example.com", "test-cname", { region = value }),
    create("b.example.com", "kraiter", { region = value, tokens = { "abc", "def", "ghi" } }),
    create("b.example.com", "kraiter", { region = "eu-west-1", tokens = { value, "def", "ghi" } }),
    create("b.example.com", "kraiter", { region = "eu-west-1", tokens = value }), create("b.example.com", "own", { cname_zone = value }),
    { "create", value }, { "create_many", value }, { "create_many", { value } },
    { "list", { after = value } }, { "list", { limit = value } }, { "list", { status = value } }, { "list", value },
    { "events", { domain = value } }, { "events", { after = value } }, { "events", { limit = value } },
    { "hold", "example.com", value }, { "hold", "example.com", { "a", value } }, { "unhold", "example.com", value },
    { "held", "example.com", { after = value } }, { "released", { after = value } }, { "forget_released", value },
    { "use", "example.com", value }, { "release", "example.com", value },
    { "report", "example.com", value }, { "report", "example.com", { bounced = value } }, { "report", "example.com", { at = value } },
    { "disable", "example.com", value }, { "disable", "example.com", { reason = value } }, { "enable", "example.com" },
    { "revoke", "example.com", value }, { "rotate", "example.com", { type = value } }, { "rotate", "example.com", { bits = value } },
    { "export", "example.com", value }, { "export", "example.com", "bind", { ttl = value } },
    { "export", "example.com", "html", { asked_by = value } }, { "export", "example.com", "terraform", { provider = value } },
    { "signer", "example.com", { expire = value } },
  }
  for _, method in ipairs {
    "get", "records", "decide", "verify", "restart", "enable", "users", "remove", "held", "release_holds", "health", "reset_health", "keys",
    "dns_host", "signer", "rotate", "disable", "export",
  } do
    if value ~= "EXAMPLE.COM." then -- which is the domain
      all[#all + 1] = { method, value }
    end
  end
  return all
end

-- Errors of a program that did not look at what it was given.
local BLUNDERS = { "attempt to", "bad argument", "serialise", "stack", "a database stores", "too complex", "malformed", "transaction" }

describe("A hostile value", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, tenant

    setup(function()
      stage = onboarding.open { db = new_database() }
      tenant = stage.tenant
      assert(tenant:create { domain = "example.com", provider = "test-cname" })
    end)
    teardown(function() stage:close() end)

    local function check_refusal(what, message, code)
      assert.is_string(message, what)
      assert.is_string(code, what)
      assert.is_true(#message < 1500, what)
      assert.equal(printable.line(message), message, what)
    end

    local function try(call, what)
      local results = { pcall(function() return tenant[call[1]](tenant, unpack(call, 2, 4)) end) }
      if results[1] then
        if results[2] == nil then
          check_refusal(what, results[3], results[4])
        end
        return
      end
      local message = tostring(results[2])
      for _, blunder in ipairs(BLUNDERS) do
        assert.is_nil(message:find(blunder, 1, true), what .. ": " .. message)
      end
    end

    for i, value in ipairs(VALUES) do
      it(("is refused, or is harmless (%d, a %s)"):format(i, type(value)), function()
        for _, call in ipairs(calls_with(value)) do
          try(call, call[1])
          tenant:remove "b.example.com"
        end
        assert.equal("example.com", assert(tenant:get "example.com").domain)
      end)
    end

    it("is nowhere in the database in a form that cannot be shown, or large", function()
      local text = tenancy.rows(stage.registry.db, "acme")
      assert.is_true(text:find "DROP TABLE" ~= nil) -- an id like another
      for line in text:gmatch "[^\n]+" do
        assert.is_true(#line < 5000, #line)
        assert.equal(printable.line(line), line)
      end
      assert.same({}, stage.registry:tenant("other"):list())
    end)
  end)
end)
