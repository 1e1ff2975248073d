--- The routes of what anybody may ask about any domain: a check, its picture, its DNS host, and the mail services.
local key = require "mailseal.key"
local stages = require "spec.support.http_stage"

local PUBLIC = assert(key.generate { type = "rsa", bits = 2048 }):record()

local function soa(name) return { type = "SOA", data = ("ns1.%s. host.%s. 1 3600 600 86400 60"):format(name, name) } end

local ZONE = {
  ["com"] = { soa "com", { type = "NS", data = "ns1.com." } },
  ["ns1.com"] = { { type = "A", data = "192.0.2.9" } },
  ["example.com"] = {
    soa "example.com", { type = "NS", data = "dns1.registrar-servers.com." }, { type = "NS", data = "dns2.registrar-servers.com." },
    { type = "TXT", data = "v=spf1 -all" },
  },
  ["dns1.registrar-servers.com"] = { { type = "A", data = "192.0.2.1" } },
  ["dns2.registrar-servers.com"] = { { type = "A", data = "192.0.2.2" } },
  ["s1._domainkey.example.com"] = { { type = "TXT", data = { PUBLIC:sub(1, 250), PUBLIC:sub(251) } } },
  ["_dmarc.example.com"] = { { type = "TXT", data = 'v=DMARC1; p=none; rua=mailto:"<script>"@example.com' } },
  ["slow.example"] = { { error = "timeout" } },
}

describe("a check, over HTTP", function()
  local stage

  before_each(function() stage = stages.new { zone = ZONE } end)
  after_each(function() stage:close() end)

  local function codes(reply)
    local set = {}
    for _, finding in ipairs(reply.json.findings) do set[finding.code] = finding.severity end
    return set
  end

  it("is of any domain, whoever has it", function()
    local reply = stage:get "/v1/check/Example.COM.?selector=s1&name_servers=false"
    assert.equal(200, reply.status, reply.body)
    assert.equal("example.com", reply.json.domain)
    assert.same({ "s1", "found" }, { reply.json.records[1].id, reply.json.records[1].status })
    assert.is_truthy(codes(reply).mx_missing or next(codes(reply)))
    assert.equal("string", type(reply.json.profile[1].id))
  end)

  it("is of what is asked for", function()
    local reply = stage:get "/v1/check/example.com?only=dkim&selector=s1&selector=s2&name_servers=false"
    assert.same({ 2, "missing" }, { #reply.json.records, reply.json.records[2].status })
    assert.is_nil(reply.json.profile)
    local other = assert(key.generate { type = "rsa", bits = 2048 }):record():gsub("+", "%%2B")
    reply = stage:get("/v1/check/example.com?only=dkim&selector=s1&name_servers=false&key=" .. other:gsub(" ", "+"):gsub("=", "%%3D"))
    assert.equal("mismatch", reply.json.records[1].status)
  end)

  it("is of what a provider wants published", function()
    local reply = stage:get "/v1/check/example.com?provider=kraiter&var=region%3Deu-west-1&name_servers=false"
    assert.equal("kraiter", reply.json.provider.id)
    assert.equal("tokens", reply.json.provider.missing[1].name)
    reply = stage:get "/v1/check/example.com?provider=kraiter&var=region%3Deu-west-1&var=tokens%3Dabc,def,ghi&name_servers=false"
    assert.same({}, reply.json.provider.missing)
    assert.equal("dkim1", reply.json.records[1].id)
    assert.same(reply.json, stage:post("/v1/check/example.com", {
      provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }, name_servers = false,
    }).json)
  end)

  it("is of any expectation", function()
    local reply = stage:post("/v1/check/example.com", {
      expect = { { match = "exact", name = "example.com", type = "TXT", value = "v=spf1 -all", id = "mine" } }, only = { "expected" },
      name_servers = false,
    })
    assert.same({ "mine", "found" }, { reply.json.records[1].id, reply.json.records[1].status }, reply.body)
  end)

  it("tells what makes no sense, and where", function()
    for path, wanted in pairs {
      ["a..b"] = "422 bad_name", ["someone@example.com"] = "422 bad_name", ["example.com?only=dkmi"] = "400 bad_query",
      ["example.com?selectr=s1"] = "400 bad_query", ["example.com?provider=krater"] = "422 no_provider",
      ["example.com?var=a%3Db"] = "400 bad_query", ["example.com?provider=kraiter&var=a"] = "422 bad_var",
      ["example.com?address=10.0.0.300"] = "400 bad_address", ["example.com?selector=s1&key=k"] = "400 bad_key",
      ["example.com?key=k"] = "400 bad_query", ["example.com?deadline=0"] = "400 bad_query",
      ["example.com?selector=" .. ("a"):rep(250)] = "422 bad_name",
    } do
      local reply = stage:get("/v1/check/" .. path)
      assert.equal(wanted, reply.status .. " " .. tostring(reply.json.code), path)
    end
    local reply = stage:post("/v1/check/example.com", { expect = { { match = "exact" } } })
    assert.same({ 400, 'body.expect[0] of exact needs a "value", the text of the record, or a "pattern"' },
      { reply.status, reply.json.detail })
  end)

  it("is a picture, in which text from DNS is text", function()
    local reply = stage:get "/v1/check/example.com/picture?selector=s1&name_servers=false"
    assert.same({ 200, "image/svg+xml" }, { reply.status, reply.type })
    assert.matches("^<svg", (reply.body:gsub("^<%?xml.-%?>%s*", "")))
    assert.not_matches("<script", reply.body, 1, true)
    assert.matches("sandbox", reply.headers["Content-Security-Policy"], 1, true)
    assert.equal(406, stage:get("/v1/check/example.com/picture", { accept = "image/png" }).status)
  end)

  it("is to be had so often", function()
    stage:close()
    stage = stages.new { zone = ZONE, service = { limits = { check = { tenant = { burst = 2, every = 1000 } } } } }
    for _ = 1, 2 do assert.equal(200, stage:get("/v1/check/example.com?only=mx&name_servers=false").status) end
    local reply = stage:get "/v1/check/example.com?only=mx&name_servers=false"
    assert.same({ 429, "too_often" }, { reply.status, reply.json.code })
    assert.is_truthy(tonumber(reply.headers["Retry-After"]) > 900)
    assert.equal(200, stage:as("rival"):get("/v1/check/example.com?only=mx&name_servers=false").status)
  end)
end)

describe("the DNS host of a domain, over HTTP", function()
  local stage

  setup(function() stage = stages.new { zone = ZONE } end)
  teardown(function() stage:close() end)

  it("is found by the name servers", function()
    local reply = stage:get "/v1/dns-hosts/example.com"
    assert.same({ 200, "found", "namecheap", "example.com" }, { reply.status, reply.json.status, reply.json.id, reply.json.zone })
    assert.is_table(reply.json.rule)
  end)

  it("is not there where there is no domain, or nobody can tell", function()
    for name, wanted in pairs {
      ["not-there.com"] = "404 not_delegated", ["a..b"] = "422 bad_name", ["slow.example"] = "504 timeout",
    } do
      local reply = stage:get("/v1/dns-hosts/" .. name)
      assert.equal(wanted, reply.status .. " " .. reply.json.code, name .. ": " .. reply.body)
    end
  end)
end)

describe("mail services, over HTTP", function()
  local stage

  setup(function() stage = stages.new() end)
  teardown(function() stage:close() end)

  it("are listed, and their rules told", function()
    local reply = stage:get "/v1/providers"
    assert.is_truthy(#reply.json.providers > 40)
    local rule = stage:get("/v1/providers/kraiter").json
    assert.same({ "kraiter", "the three DKIM tokens", 3 }, { rule.id, rule.vars.tokens.text, rule.vars.tokens.count })
    for _, one in ipairs(reply.json.providers) do
      assert.equal(200, stage:get("/v1/providers/" .. one.id).status)
    end
    assert.equal("own-server", stage:get("/v1/providers/own").json.id)
    assert.equal(404, stage:get("/v1/providers/nobody").status)
  end)
end)
