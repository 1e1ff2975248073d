-- mailseal.onboard.publishing inside nginx: the database in threads, DNS and the DNS host asked by the worker, over cosockets.
local cjson = require "cjson"
local nginx = require "spec.support.nginx"
local primaries = require "spec.support.primaries"
local shell = require "spec.support.shell"

-- What the server runs: `do` of a request names one of these functions, which is given JSON.
local PROBE = [[
local cjson = require "cjson"
local registry = require "mailseal.http.registry".new {
  db = "sqlite:$stage/mailseal.db", master_key_file = "$stage/master.key",
  resolver = { servers = { "$address" }, port = $dnsport, timeout = 5, cache = false },
  policy = { keys = { type = "ed25519" }, publishing = { allow_private = true, wait = 30 } },
}
local tenant = registry:tenant("acme", "anna")
local probe = {}

function probe.call(given) return { tenant[given.method](tenant, unpack(given.arguments)) } end

function probe.plan(given)
  local plan, message, code = tenant:plan(given.domain, given.options)
  return { plan and { diff = plan:diff(), zones = plan.zones, conflicts = #plan.conflicts } or false, message, code }
end

-- Several requests apply it at once, each its own plan.
function probe.apply(given)
  local plan, message, code = tenant:plan(given.domain, given.options)
  if not plan then return { false, message, code } end
  local done
  done, message, code = plan:apply()
  return { done and { changed = done.changed, shown = done.shown, status = done.domain and done.domain.status, text = done.text } or false,
    message, code }
end

function probe.work() return { registry:work { until_idle = true } } end

return function()
  local result = probe[ngx.var.arg_do](cjson.decode(ngx.unescape_uri(ngx.var.arg_given)))
  for i = 1, 4 do if result[i] == nil then result[i] = cjson.null end end
  ngx.print(cjson.encode(result))
end
]]

local ZONE = "@ 3600 SOA ns hostmaster 1 3600 900 604800 5\n@ 3600 NS ns\nns 3600 A 127.0.0.1\n@ 300 MX 10 mx.example.net.\n"

describe("publishing inside #nginx", function()
  local server, dns, directory, before, way

  setup(function()
    directory = shell.new_directory()
    dns = primaries.start("Knot", { zones = { ["example.com"] = ZONE } })
    before = primaries.zone(dns, "example.com"):gsub("(SOA %S+ %S+) %d+", "%1 N")
    way = { via = "rfc2136", server = dns.host, port = ("%d"):format(dns.port), key = primaries.key "good" }
    server = nginx.start {
      main = "thread_pool mailseal_db threads=6; thread_pool mailseal_rsa threads=2;", workers = 2,
      http = "lua_shared_dict mailseal 10m; lua_shared_dict mailseal_dns 10m;",
      server = "location = /probe { content_by_lua_block { require 'probe'() } }",
      files = { ["probe.lua"] = PROBE }, values = { stage = directory, address = dns.address, dnsport = ("%d"):format(dns.port) },
    }
  end)
  teardown(function()
    server:stop()
    dns:stop()
    shell.remove_directory(directory)
  end)

  local function probe(name, given)
    local text = cjson.encode(given or {}):gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end)
    local body, status = server:get(("/probe?do=%s&given=%s"):format(name, text))
    assert.equal(200, status, server:log())
    local result = cjson.decode(body)
    for i = 1, 4 do
      if result[i] == cjson.null or result[i] == false then result[i] = nil end
    end
    return (table.unpack or unpack)(result, 1, 4) -- luacheck: ignore
  end

  local function call(method, ...) return probe("call", { method = method, arguments = { ... } }) end

  local function zone() return (primaries.zone(dns, "example.com"):gsub("(SOA %S+ %S+) %d+", "%1 N")) end

  it("plans, applies once, and has the domain verified", function()
    assert(call("create", { domain = "mail.example.com", provider = "own" }))
    local options = { keep = true }
    for name, value in pairs(way) do options[name] = value end
    local plan = assert(probe("plan", { domain = "mail.example.com", options = options }))
    assert.truthy(plan.diff:find("mail.example.com", 1, true))
    assert.equal(before, zone())
    local done = assert(probe("apply", { domain = "mail.example.com", options = options }))
    assert.same({ true, true, "verified" }, { done.changed, done.shown, done.status })
    assert.is_false(assert(probe("apply", { domain = "mail.example.com", options = { via = "rfc2136" } })).changed)
    assert.equal("anna", assert(call("publications", "mail.example.com"))[1].actor)
    assert.equal("rfc2136", assert(call("accesses", "mail.example.com"))[1].via)
  end)

  it("publishes the next key by what was kept, and revokes it", function()
    local new = assert(call("rotate", "mail.example.com"))
    assert(probe "work")
    assert.truthy(zone():find(new.selector, 1, true))
    assert(call("revoke", "mail.example.com", new.selector))
    assert(probe "work")
    assert.truthy(zone():find(new.selector .. "._domainkey.mail.example.com. 3600 IN TXT \"v=DKIM1; p=\"", 1, true))
  end)

  it("takes back all of it", function()
    assert.is_true(assert(call("unpublish", "mail.example.com", { via = "rfc2136" })).changed)
    assert.equal(before, zone())
  end)

  it("says what a DNS host says, with its code, and keeps secrets to itself", function()
    local options = {}
    for name, value in pairs(way) do options[name] = value end
    options.key = primaries.key("good", nil, ("B"):rep(43) .. "=")
    local _, message, code = probe("plan", { domain = "mail.example.com", options = options })
    assert.equal("bad_credentials", code)
    assert.is_nil((message .. server:log()):find("BBBBBBBB", 1, true))
  end)
end)
