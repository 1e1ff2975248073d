-- The whole walk by Domain Connect: a service that knows the templates, and a hosting company of examples/domain_connect_provider.lua.
local browsers = require "spec.support.connect_browser"
local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local knot = require "spec.support.knot"
local nginx = require "spec.support.nginx"
local places = require "spec.support.publishing_places"
local primaries = require "spec.support.primaries"
local receiver = require "spec.support.receiver"
local shell = require "spec.support.shell"
local templates = require "mailseal.domain_connect.templates"
local walk = require "spec.support.publishing_walk"

local DAY = 86400

local HTTP = [[
lua_ssl_trusted_certificate $certificates/ca.pem;
lua_ssl_verify_depth 5;
init_by_lua_block {
  require "examples.domain_connect_provider".start {
    id = "stars.example", name = "Stars", url = "https://dc.stars.example:$tls", server = "$knot", key_file = "$directory/tsig.key",
    templates = { "$directory/kraiter.json", "$directory/own-server.json", "$directory/elasticemail.json" }, applied = "$directory",
    resolvers = { "$knot" }, accounts = { alice = { "shop.test" } },
  }
}
]]

local SERVER = [[
listen 127.0.0.1:$tls ssl;
ssl_certificate $certificates/stars.pem;
ssl_certificate_key $certificates/stars.key;
large_client_header_buffers 4 16k;
location / { content_by_lua_block { require "examples.domain_connect_provider".serve() } }
]]

describe("A customer's zone at a host of Domain Connect, in #nginx,", function()
  local place, server, stage, certificates, key, before

  local function template(rule)
    return templates.json(assert(domain_connect.template(rule, {
      provider_id = "mailer.example", provider_name = "Mailer", service_id = rule, sync_redirect_domain = "app.mailer.example",
      sync_pub_key_domain = "keys.mailer.example",
    })))
  end

  setup(function()
    certificates, key = receiver.certificates(), assert(keys.generate {})
    local key_zone = { knot.EMPTY }
    for _, record in ipairs(domain_connect.key_records(key, "_dck1.keys.mailer.example")) do
      key_zone[#key_zone + 1] = ('_dck1.keys TXT "%s"'):format(record.value)
    end
    place = places.at_primary("Knot", { alone = true, besides = {
      ["stars.example"] = knot.EMPTY .. "dc A 127.0.0.1\n", ["mailer.example"] = table.concat(key_zone, "\n"),
    } })
    local files = { ["tsig.key"] = primaries.key "good" }
    for _, rule in ipairs { "kraiter", "own-server", "elasticemail" } do files[rule .. ".json"] = template(rule) end
    server = nginx.start {
      http = HTTP, server = SERVER, values = { knot = place.server.address, certificates = certificates }, files = files,
    }
    assert(place.server:update("shop.test", { ('add _domainconnect 60 TXT "dc.stars.example:%d"'):format(server.tls) }))
    before = place.zone()
  end)
  teardown(function()
    server:stop()
    place.stop()
    shell.remove_directory(certificates)
  end)
  before_each(function() stage = walk.open(place, { ca_file = certificates .. "/ca.pem" }) end)
  after_each(function()
    stage:close()
    assert.is_nil(server:log():find "%[error%]")
  end)

  local function plan(given)
    return assert(stage.tenant:plan(given.domain, {
      via = "domain-connect", provider_id = "mailer.example", service_id = given.provider, redirect_uri = "https://app.mailer.example/back",
      state = "s-1", key = key, key_name = "_dck1",
    }))
  end

  -- The customer is led there, agrees, and is led back.
  local function lead(customer, made)
    local path = assert(made.url):match "^https://dc%.stars%.example:%d+(/.*)$"
    customer:ask("GET", path)
    local reply = customer:submit { answer = "yes" }
    assert.same({ 303, "https://app.mailer.example/back?state=s-1" }, { reply.status, reply.headers.location }, reply.body)
  end

  -- What there is in the zone besides what was there before.
  local function added()
    local known, list = {}, {}
    for line in before:gmatch "[^\n]+" do known[line] = true end
    for line in place.zone():gmatch "[^\n]+" do
      if not known[line] then list[#list + 1] = line end
      known[line] = nil
    end
    return list, known
  end

  -- In his panel at the host the customer takes back what he has agreed to.
  local function take_back(customer, domain)
    local reply = customer:ask("GET", "/templates")
    assert.truthy(reply.body:find(domain, 1, true), reply.body)
    reply = customer:submit {}
    assert.truthy(reply.body:find("There are none", 1, true), reply.body)
    assert.equal(before, place.zone())
  end

  it("is set up for a service's rule, which is not believed but looked for, and is taken back in the customer's panel (Sure)", function()
    local given, customer = walk.WALKS.kraiter, browsers.open(server.tls, "alice")
    assert(stage.tenant:create { domain = given.domain, provider = given.provider, vars = given.vars })
    local made = plan(given)
    assert.equal(before, place.zone())
    assert.equal("pending", assert(stage.tenant:verify(given.domain)).status)
    lead(customer, made)
    local come, gone = added()
    assert.equal(6, #come, table.concat(come, "\n"))
    assert.is_nil(next(gone))
    stage:pass(3600)
    assert.equal("verified", assert(stage.tenant:get(given.domain)).status)
    local again = plan(given)
    assert.same({}, again.changes)
    assert.is_nil(again.url)
    assert.is_false(assert(again:apply()).changed)
    assert.equal("not_undoable", (select(3, made:undo())))
    take_back(customer, given.domain)
  end)

  it("gets an include into the customer's SPF record, and is what it was when that is taken back", function()
    local given, customer = walk.WALKS.elastic, browsers.open(server.tls, "alice")
    assert(stage.tenant:create { domain = given.domain, provider = given.provider, vars = given.vars })
    lead(customer, plan(given))
    assert.truthy(place.zone():gsub('" "', ""):find("include:_spf.elasticemail.com", 1, true), place.zone())
    assert.equal("verified", assert(stage.tenant:verify(given.domain)).status)
    take_back(customer, given.domain)
  end)

  it("has its key rotated by the customer's consent, and is taken back", function()
    local given, customer = walk.WALKS.own, browsers.open(server.tls, "alice")
    assert(stage.tenant:create { domain = given.domain, provider = given.provider })
    lead(customer, plan(given))
    assert.equal("verified", assert(stage.tenant:verify(given.domain)).status)
    stage:pass(DAY)
    local old, new = stage.tenant:keys(given.domain)[1], assert(stage.tenant:rotate(given.domain))
    lead(customer, plan(given))
    local text = place.zone():gsub('" "', "")
    assert.same({ true, true }, { text:find(old.text, 1, true) ~= nil, text:find(new.text, 1, true) ~= nil })
    stage:pass(2 * DAY)
    assert.same({ "retiring", "active" }, { stage.tenant:keys(given.domain)[1].state, stage.tenant:keys(given.domain)[2].state })
    stage:pass(7 * DAY)
    assert.equal("revoked", stage.tenant:keys(given.domain)[1].state)
    lead(customer, plan(given))
    text = place.zone():gsub('" "', "")
    assert.same({ false, true }, { text:find(old.text, 1, true) ~= nil, text:find(new.text, 1, true) ~= nil })
    assert.truthy(text:find(old.selector .. '%._domainkey%S+ %d+ IN TXT "v=DKIM1; p="'))
    stage:pass(9 * DAY)
    assert.equal("removed", stage.tenant:keys(given.domain)[1].state)
    -- The next one takes the place of what nobody needs any more.
    assert(stage.tenant:rotate(given.domain))
    lead(customer, plan(given))
    assert.is_nil(place.zone():find(old.selector, 1, true))
    assert.equal("verified", assert(stage.tenant:get(given.domain)).status)
    take_back(customer, given.domain)
  end)
end)
