-- mailseal.onboard.publishing.connecting: a plan by Domain Connect, which the DNS host carries out.
local domain_connect = require "mailseal.domain_connect"
local key = require "mailseal.key"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"

local SETTINGS = {
  provider_id = "dns.example", provider_name = "DNS Example", zone = "example.com", url_sync = "https://connect.dns.example",
  url_api = "https://api.dns.example", name_servers = {},
}
local PEM = assert(key.generate { type = "rsa", bits = 2048 }):pem()

describe("A plan by Domain Connect", function()
  local stage, tenant, directory, discover, supports, asked

  setup(function() discover, supports = domain_connect.discover, domain_connect.supports end)
  teardown(function() domain_connect.discover, domain_connect.supports = discover, supports end)
  before_each(function()
    asked, directory = {}, shell.new_directory()
    domain_connect.discover = function() return SETTINGS end
    domain_connect.supports = function(_, provider_id, service_id)
      asked[#asked + 1] = provider_id .. " " .. service_id
      return { version = 1 }
    end
    stage = stage_of.open { master_key_file = directory .. "/master.key" }
    tenant = stage.tenant
    assert(tenant:create {
      domain = "example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
  end)
  after_each(function()
    stage:close()
    shell.remove_directory(directory)
  end)

  local function plan(more)
    local given = {
      via = "domain-connect", provider_id = "mailer.example", redirect_uri = "https://app.mailer.example/back", state = "s1", key = PEM,
      key_name = "_dck1",
    }
    for name, value in pairs(more or {}) do given[name] = value end
    return tenant:plan("example.com", given)
  end

  it("tells what is to be set, and leads the customer to his DNS host, with a signature", function()
    local made = assert(plan())
    assert.truthy(made:diff():find("abc._domainkey.example.com", 1, true))
    assert.matches("^https://connect%.dns%.example/v2/domainTemplates/providers/mailer%.example/services/[^/]+/apply%?", made.url)
    for _, part in ipairs { "domain=example.com", "&sig=", "&key=_dck1", "state=s1" } do
      assert.truthy(made.url:find(part, 1, true), part)
    end
    assert.same({ "mailer.example " .. made.url:match "/services/([^/]+)/" }, asked)
    assert.equal("DNS Example", made.provider_name)
  end)

  it("is applied by the DNS host: what is told is the address, and what is waited for", function()
    local made = assert(plan())
    local done = assert(made:apply())
    assert.same({ false, made.url }, { done.changed, done.url })
    local waits = {}
    for _, one in ipairs(done.waits_for) do waits[one.name] = true end
    assert.is_true(waits["abc._domainkey.example.com"])
    assert.is_false(done.shown)
  end)

  describe("is written down:", function()
    local CONNECT = 60

    local function last()
      local list = tenant:publications "example.com"
      return list[1], #list
    end

    local function event(kind)
      local found
      for _, one in ipairs(stage.tenant:events { limit = 100 }) do found = one.kind == kind and one or found end
      return found
    end

    it("who was led to his DNS host, with which records, and that DNS shows them", function()
      local done = assert(assert(stage.registry:tenant("acme", "anna"):plan("example.com", {
        via = "domain-connect", provider_id = "mailer.example", key = PEM, key_name = "_dck1",
      })):apply())
      local one = last()
      assert.same({ done.publication, "domain-connect", "connect", "under_way", "anna" }, {
        one.id, one.via, one.purpose, one.state, one.actor,
      })
      assert.equal(#done.waits_for, #one.records)
      assert.same({ "connect", "anna" }, { event "publish_begun".data.purpose, event "publish_begun".actor })
      assert(assert(tenant:plan("example.com", { via = stage.zones })):apply())
      stage_of.pass(stage, CONNECT)
      one = tenant:publications "example.com"[2]
      assert.same({ "done", true }, { one.state, one.shown })
      assert.same({ "connect", "anna" }, { event "published".data.purpose, event "published".actor })
      assert.equal("not_undoable", (select(3, tenant:unpublish("example.com", { via = "domain-connect" }))))
    end)

    it("that DNS did not show them in time, and which of them it did", function()
      assert(assert(plan()):apply())
      stage_of.pass(stage, 3 * 86400)
      local one = last()
      assert.same({ "failed", "not_shown", 0 }, { one.state, one.code, #one.records })
      assert.equal("not_shown", event "publish_failed".data.code)
    end)

    it("that he was led there again, in place of the time before", function()
      assert(assert(plan()):apply())
      assert(assert(plan()):apply())
      local one, count = last()
      assert.same({ 2, "under_way" }, { count, one.state })
      assert.equal("superseded", tenant:publications("example.com")[2].code)
    end)
  end)

  it("leaves out what is there already; where all of it is, nothing is to be set", function()
    local all = assert(plan()).url
    for _, record in ipairs(tenant:records "example.com") do
      if record.purpose == "dmarc" then stage:publish { record } end
    end
    local made = assert(plan())
    assert.is_not.equal(all:match "groupId=([^&]*)", made.url:match "groupId=([^&]*)")
    assert(assert(tenant:plan("example.com", { via = stage.zones })):apply())
    made = assert(plan())
    assert.is_nil(made.url)
    assert.same({ true, {} }, { assert(made:apply()).shown, made:apply().waits_for })
  end)

  it("leaves out what is delegated to others: their zone is none of the DNS host's", function()
    stage:close()
    stage = stage_of.open { domains = { "example.com", "_domainkey.example.com" }, master_key_file = directory .. "/master.key" }
    tenant = stage.tenant
    assert(tenant:create {
      domain = "example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    })
    local made, actions = assert(plan()), {}
    for _, step in ipairs(made.steps) do actions[step.name] = step.action end
    assert.same({ "leave", "add" }, { actions["abc._domainkey.example.com"], actions["_mailseal-challenge.example.com"] })
    assert.is_nil(made.url:find("dkim", 1, true))
    assert.is_nil(made.url:find("abc", 1, true))
    assert.matches("groupId=ownership%2C", made.url, 1, true)
  end)

  it("asks for the template of the domain's own variant", function()
    assert(tenant:create {
      domain = "eu.example.com", provider = "mailgun", vars = { variant = "eu", selector = "pic", key = key.load(PEM):record() },
    })
    local _, message = tenant:plan("eu.example.com", { via = "domain-connect", provider_id = "mailer.example" })
    assert.same({ "mailer.example mailgun-eu" }, asked, message)
  end)

  it("is not taken back from here: what is to be removed is told", function()
    for _, result in ipairs {
      { assert(plan()):undo() }, { tenant:unpublish("example.com", { via = "domain-connect" }) },
    } do
      assert.same({ nil, "not_undoable" }, { result[1], result[3] })
      assert.truthy(result[2]:find("abc._domainkey.example.com CNAME", 1, true))
      assert.is_string(result[4][1].name)
    end
  end)

  it("is made of our own keys' records, where those are ours", function()
    assert(tenant:create { domain = "own.example.com", provider = "own" })
    local made = assert(tenant:plan("own.example.com", { via = "domain-connect", provider_id = "mailer.example" }))
    local selector = tenant:keys("own.example.com")[1].selector
    assert.truthy(made.url:find(selector, 1, true))
  end)

  it("is none where the DNS host takes no part, or does not know the template, or DNS does not answer", function()
    domain_connect.supports = function() return nil, "the template is not known", "template_unknown" end
    assert.equal("template_unknown", (select(3, plan())))
    domain_connect.discover = function() return nil, "no", "not_supported" end
    assert.equal("not_supported", (select(3, plan())))
    domain_connect.discover, domain_connect.supports = function() return SETTINGS end, function() return {} end
    stage:fail "timeout"
    assert.equal("dns_failed", (select(3, plan())))
    assert.equal("bad_setting", (select(3, tenant:plan("example.com", { via = "domain-connect" }))))
    assert.is_nil((plan { key = "no key" }))
    assert.equal("bad_setting", (select(3, plan { keep = true })))
  end)
end)
