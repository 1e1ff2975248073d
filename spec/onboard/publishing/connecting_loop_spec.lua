-- mailseal.onboard.publishing.connecting with a DNS host (mailseal.domain_connect.provider): a customer agrees there, and DNS shows it.
local cjson = require "cjson"
local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local onboarding = require "spec.support.onboarding"
local provider = require "mailseal.domain_connect.provider"
local receiver = require "spec.support.receiver"
local seal = require "mailseal.core".seal
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"
local templates = require "mailseal.domain_connect.templates"

describe("tenant:plan by Domain Connect, to its end,", function()
  local server, certificates, stage, tenant, host
  local key = assert(keys.generate {})

  setup(function()
    certificates = receiver.certificates()
    server = receiver.start { certificate = certificates .. "/stars.pem", key = certificates .. "/stars.key" }
  end)

  teardown(function()
    server:stop()
    shell.remove_directory(certificates)
  end)

  -- The customer's DNS host: it knows the templates of these rules, and changes the stage's zones.
  local function open_host(rules, variant)
    local list, known = {}, {}
    for _, id in ipairs(rules) do
      local template = assert(domain_connect.template(id, {
        variant = variant,
        provider_id = "mailer.example", provider_name = "Mailer", rules = onboarding.rules, sync_pub_key_domain = "keys.mailer.example",
        sync_redirect_domain = "app.mailer.example",
      }))
      list[#list + 1] = cjson.decode(templates.json(template))
      known["/v2/domainTemplates/providers/mailer.example/services/" .. template.serviceId] = { body = "{}" }
    end
    host = assert(provider.new {
      id = "host.example", name = "Host", url = "https://dc.stars.example:" .. server.port, templates = list, target = stage.zones,
      resolver = stage.registry:resolver(),
    })
    known["*"], known["/v2/example.com/settings"] = { status = 404 }, { body = (assert(host:settings "example.com")) }
    server:behave(known)
  end

  local function open(zone_sets, rule, vars)
    stage = stage_of.open { zones = { ["example.com"] = zone_sets or {} } }
    tenant, stage.registry.master_key = stage.tenant, seal.new_key()
    stage.apex["_domainconnect.example.com"] = { { type = "TXT", data = "dc.stars.example:" .. server.port } }
    stage.apex["dc.stars.example"] = { { type = "A", data = "127.0.0.1" } }
    local records = {}
    for i, record in ipairs(domain_connect.key_records(key, "_dck1.keys.mailer.example")) do
      records[i] = { type = "TXT", data = record.value }
    end
    stage.apex["_dck1.keys.mailer.example"] = records
    for name, list in pairs(stage.apex) do stage.records[name] = list end
    stage_of.show(stage)
    open_host({ rule or "test-cname" }, vars and vars.cname_zone and "cname" or nil)
    assert(tenant:create { domain = "example.com", provider = rule or "test-cname", vars = vars })
  end

  after_each(function() stage:close() end)

  local function options(more)
    local given = {
      via = "domain-connect", provider_id = "mailer.example", key = key, key_name = "_dck1", state = "s",
      redirect_uri = "https://app.mailer.example/back", fetch = { allow_private = true, ca_file = certificates .. "/ca.pem" },
    }
    for name, value in pairs(more or {}) do given[name] = value ~= "absent" and value or nil end
    return given
  end

  local function plan(more) return tenant:plan("example.com", options(more)) end

  -- What a customer does there, who agrees to all.
  local function agree(url)
    local service, query = url:match "/services/([^/]+)/apply%?(.*)$"
    local request = assert(host:request("mailer.example", service, query))
    assert(host:apply(request, assert(host:plan(request)).digest))
    assert.equal("https://app.mailer.example/back?state=s", host:back(request))
  end

  it("tells what would be set, and leads the customer there; what he agrees to is seen in DNS", function()
    open()
    stage.registry.policy.publishing.allow_plain = true -- which is of interfaces, and not of this: it is asked by https all the same
    local made = assert(plan())
    local actions = {}
    for _, step in ipairs(made.steps) do actions[step.record] = step.action end
    assert.same({ ownership = "add", dkim = "add", bounce = "add", dmarc = "add" }, actions)
    assert.truthy(made:diff():find("k1.provider.example", 1, true))
    assert.truthy(made.url:find "^https://dc%.stars%.example:%d+/v2/domainTemplates/providers/mailer%.example/services/test%-cname/apply%?")
    local done = assert(made:apply())
    assert.same({ made.url, false, false, 0 }, { done.url, done.changed, done.shown, stage.zones.applied })
    assert.equal("pending", assert(tenant:get "example.com").status)
    agree(made.url)
    assert.equal("verified", assert(tenant:verify "example.com").status)
    assert.same({ '"v=DMARC1; p=none"' }, stage_of.values(stage, "_dmarc.example.com", "TXT"))
    -- and there is nothing left
    made = assert(plan())
    assert.is_nil(made.url)
    done = assert(made:apply())
    assert.is_false(done.changed)
  end)

  it("leaves alone what is there, above all a policy", function()
    open {
      { name = "_dmarc.example.com", type = "TXT", ttl = 60, values = { '"v=DMARC1; p=reject"' } },
      { name = "bounce.example.com", type = "MX", ttl = 60, values = { "10 mx.provider.example." } },
    }
    local made = assert(plan())
    assert.truthy(made.url:find("groupId=ownership%2Cdkim&", 1, true))
    agree(made.url)
    assert.same({ '"v=DMARC1; p=reject"' }, stage_of.values(stage, "_dmarc.example.com", "TXT"))
    assert.equal("verified", assert(tenant:verify "example.com").status)
  end)

  it("has the records of our own keys set, and an SPF record where there is none", function()
    open({}, "own-server", { spf = "v=spf1 ip4:192.0.2.9 -all" })
    agree(assert(plan()).url)
    assert.same({ '"v=spf1 ip4:192.0.2.9 ~all"' }, stage_of.values(stage, "example.com", "TXT"))
    assert.equal("verified", assert(tenant:verify "example.com").status)
    -- the next key comes beside it: a host that replaces what the template has set leaves the one that is still signed with
    local first = assert(tenant:keys "example.com")[1].selector
    stage.now = stage.now + 60
    assert(tenant:rotate "example.com")
    agree(assert(plan()).url)
    local count = 0
    for _, one in ipairs(assert(tenant:keys "example.com")) do
      count = count + (stage_of.values(stage, one.selector .. "._domainkey.example.com", "TXT") and 1 or 0)
    end
    assert.equal(2, count)
    assert.truthy(stage_of.values(stage, first .. "._domainkey.example.com", "TXT"))
  end)

  it("has the two CNAMEs set that lead to our own keys", function()
    open({}, "own-server", { spf = "v=spf1 mx -all", cname_zone = "dkim.example.net" })
    agree(assert(plan()).url)
    local count = 0
    for name, set in pairs(stage.zones.sets["example.com"]) do
      if name:find "_domainkey%.example%.com CNAME$" then
        count = count + 1
        assert.truthy(set.values[1]:find "%.dkim%.example%.net%.$")
      end
    end
    assert.equal(2, count)
    assert.is_nil(assert(plan()).url)
  end)

  it("says why it cannot be", function()
    open()
    server:behave { ["*"] = { status = 404 } }
    assert.equal("stale", (select(3, plan())))
    server:behave { ["*"] = { status = 404 }, ["/v2/example.com/settings"] = { body = (assert(host:settings "example.com")) } }
    assert.equal("template_unknown", (select(3, plan())))
    stage.apex["_domainconnect.example.com"], stage.records["_domainconnect.example.com"], stage.opened = nil, nil, nil
    stage.now = stage.now + 3600
    assert.equal("not_supported", (select(3, plan())))
    assert.equal("bad_setting", (select(3, plan { provider_id = "absent" })))
    assert.equal("bad_setting", (select(3, plan { key_name = "absent" })))
    assert.equal("bad_setting", (select(3, plan { key = keys.generate { type = "ed25519" } })))
  end)

  it("takes nothing back, and says what is to be removed there", function()
    open()
    local done, message, code = assert(plan()):undo()
    assert.same({ nil, "not_undoable" }, { done, code })
    assert.truthy(message:find("s1._domainkey.example.com CNAME", 1, true))
  end)
end)
