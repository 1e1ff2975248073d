--- The registry as a worker of nginx has it: the database in threads, DNS over cosockets.
local cjson = require "cjson"
local nginx = require "spec.support.nginx"
local stages = require "spec.support.registry_stage"

-- What the server runs: `do` of a request names a function.
local PROBE = [[
local cjson = require "cjson"
local registry = require "mailseal.http.registry".new {
  db = "sqlite:$stage/mailseal.db", master_key_file = "$stage/master.key", resolver = { zone = "$stage/zone.json" },
}
local probes = {}

function probes.call(tenant, method, arguments)
  return tenant[method](tenant, unpack(arguments))
end

local function answer(ok, ...)
  return ok and { results = { ... }, n = select("#", ...) } or { error = tostring((...)) }
end

return function()
  local given = cjson.decode(ngx.unescape_uri(ngx.var.arg_given))
  local tenant = registry:tenant(given.tenant or "acme")
  ngx.print(cjson.encode(answer(pcall(probes.call, tenant, given.method, given.arguments))))
end
]]

describe("the registry inside #nginx", function()
  local stage, server

  setup(function()
    stage = stages.new()
    server = nginx.start {
      main = "thread_pool mailseal_db threads=6; thread_pool mailseal_rsa threads=2;",
      server = "location = /probe { content_by_lua_block { require 'probe'() } }",
      files = { ["probe.lua"] = PROBE }, values = { stage = stage.directory },
    }
  end)

  teardown(function()
    server:stop()
    stage:remove()
  end)

  local function escaped(text)
    return (text:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end))
  end

  local function raw(method, ...)
    local body, status = server:get("/probe?given=" .. escaped(cjson.encode({ method = method, arguments = { ... } })))
    assert.equal(200, status, server:log())
    return cjson.decode(body)
  end

  -- What a method of the tenant returns there.
  local function call(method, ...)
    local result = raw(method, ...)
    assert.is_nil(result.error)
    for i = 1, result.n do
      if result.results[i] == cjson.null then result.results[i] = nil end
    end
    return (table.unpack or unpack)(result.results, 1, result.n) -- luacheck: ignore
  end

  it("creates a domain, and gets it, and lists it", function()
    local made = assert(call("create", {
      domain = "first.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    }))
    assert.equal("pending", made.status)
    assert.same(made, call("get", "First.example.com."))
    assert.same({ made }, call("list", { status = "pending" }))
  end)

  it("verifies one, with DNS asked by the worker", function()
    stage:publish(assert(call("get", "first.example.com")).records)
    local verified = assert(call("verify", "first.example.com"))
    assert.equal("verified", verified.status)
    assert.same(verified, call("get", "first.example.com"))
    assert.same({ zone = "example.com" }, { zone = verified.zone, dns_host = verified.dns_host })
  end)
end)
