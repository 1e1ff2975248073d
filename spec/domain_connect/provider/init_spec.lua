local applied = require "mailseal.domain_connect.provider.applied"
local cjson = require "cjson"
local dns = require "mailseal.dns"
local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local memory_zone = require "spec.support.memory_zone"
local provider = require "mailseal.domain_connect.provider"
local query = require "mailseal.domain_connect.query"
local shell = require "spec.support.shell"
local signing = require "mailseal.domain_connect.signing"
local templates = require "mailseal.domain_connect.templates"

describe("a DNS host with Domain Connect", function()
  local key, other = assert(keys.generate {}), assert(keys.generate {})
  local zones, host, parameters

  local function records_of(of, name)
    local list = {}
    for i, record in ipairs(domain_connect.key_records(of, name)) do list[i] = { type = "TXT", data = record.value } end
    return list
  end

  -- As it comes to a host: through its JSON.
  local function template(changes)
    local found = cjson.decode(templates.json(assert(domain_connect.template("kraiter", {
      provider_id = "mailer.example", provider_name = "Mailer", sync_pub_key_domain = "keys.mailer.example",
      sync_redirect_domain = "app.mailer.example",
    }))))
    for name, value in pairs(changes or {}) do found[name] = value ~= "absent" and value or nil end
    return found
  end

  local unsigned = template { serviceId = "open", syncPubKeyDomain = "absent" }
  local nowhere = template { serviceId = "nowhere", syncRedirectDomain = "absent", syncPubKeyDomain = "absent" }
  local blocked = template { serviceId = "blocked", syncBlock = true, syncPubKeyDomain = "absent" }
  local signed_only = template { serviceId = "signed", syncRedirectDomain = "absent" }

  before_each(function()
    zones = memory_zone.new {
      ["example.com"] = {
        { name = "example.com", type = "TXT", ttl = 300, values = { '"v=spf1 mx -all"' } },
        { name = "_dmarc.example.com", type = "TXT", ttl = 300, values = { '"v=DMARC1; p=reject"' } },
        { name = "bounce.mail.example.com", type = "MX", ttl = 300, values = { "5 mx.example.com." } },
      },
      ["example.org"] = {},
    }
    host = assert(provider.new {
      id = "host.example", name = "Host", url = "https://dc.host.example", target = zones, applied = applied.memory(),
      templates = { template(), unsigned, nowhere, blocked, signed_only }, name_servers = { "ns.host.example" },
      control_panel = "https://host.example/%domain%", now = function() return 1000 end, resolver = assert(dns.resolver { zone = {
        ["_dck1.keys.mailer.example"] = records_of(key, "_dck1.keys.mailer.example"),
        ["_broken.keys.mailer.example"] = { { type = "TXT", data = "p=1,d=AAAA" } },
        ["_away.keys.mailer.example"] = { { error = "servfail" } },
      } }),
    })
    parameters = assert(domain_connect.parameters("kraiter", "mail.example.com", { region = "eu-west-1", tokens = { "a", "b", "c" } }, {
      zone = "example.com", org_domain = "example.com", challenge = "xyz", without = { "dmarc" },
    }))
  end)

  -- The query that a customer brings.
  local function asked(changes)
    local options = {
      settings = { url_sync = "https://dc.host.example" }, provider_id = "mailer.example", service_id = "kraiter", domain = "example.com",
      host = parameters.host, variables = parameters.variables, groups = parameters.groups, state = "s1",
      redirect_uri = "https://app.mailer.example/back?tenant=7", key = key, key_name = "_dck1",
    }
    for name, value in pairs(changes or {}) do options[name] = value ~= "absent" and value or nil end
    return (assert(domain_connect.apply_url(options)):match "%?(.*)$")
  end

  local function request(text, service) return host:request("mailer.example", service or "kraiter", text or asked()) end

  -- A query that is signed as it stands, whatever it says.
  local function sign(text, by)
    return ("%s&sig=%s&key=_dck1"):format(text, query.encode(assert(signing.sign(by or key, text))))
  end

  local function set(name, kind) return zones.sets["example.com"][name .. " " .. kind] end

  it("tells its settings, for the zones that it has", function()
    assert.same({
      providerId = "host.example", providerName = "Host", providerDisplayName = "Host", urlSyncUX = "https://dc.host.example",
      urlAPI = "https://dc.host.example", nameServers = { "ns.host.example" }, urlControlPanel = "https://host.example/%domain%",
    }, cjson.decode((assert(host:settings "example.com"))))
    for _, name in ipairs { "example.net", "mail.example.com", "com", "../../etc/passwd" } do
      assert.equal("not_ours", (select(3, host:settings(name))))
    end
    zones.zone_of = function() return nil, "away", "unreachable" end
    assert.equal("unreachable", (select(3, host:settings "example.com")))
  end)

  it("tells which templates it knows", function()
    assert.truthy(cjson.decode(host:supports("mailer.example", "kraiter")).version > 20200101)
    assert.is_nil(host:supports("mailer.example", "other"))
    assert.equal("no_template", (select(3, host:request("mailer.example", "other", asked()))))
  end)

  it("shows what would be changed, changes that, and leads back", function()
    local asked_for = assert(request())
    assert.is_true(asked_for.signed)
    local plan = assert(host:plan(asked_for))
    assert.same({}, plan.warnings)
    assert.same({ { name = "bounce.mail.example.com", type = "MX", ttl = 300, value = "5 mx.example.com." } }, plan.removed)
    assert.equal(6, #plan.added)
    assert.equal(0, zones.applied)
    assert.is_true(assert(host:apply(asked_for, plan.digest)))
    assert.same({ "a.dkim.amazonses.com." }, set("a._domainkey.mail.example.com", "CNAME").values)
    assert.same({ "10 feedback-smtp.eu-west-1.amazonses.com." }, set("bounce.mail.example.com", "MX").values)
    assert.same({ '"mailseal-domain-verification=xyz"' }, set("_mailseal-challenge.mail.example.com", "TXT").values)
    assert.same({ '"v=DMARC1; p=reject"' }, set("_dmarc.example.com", "TXT").values)
    assert.equal("https://app.mailer.example/back?tenant=7&state=s1", host:back(asked_for))
    assert.equal("https://app.mailer.example/back?tenant=7&error=access_denied&error_description=user_cancel&state=s1",
      host:back(asked_for, "cancelled"))
  end)

  it("changes nothing the second time, and takes back what it made", function()
    local asked_for = assert(request())
    assert(host:apply(asked_for, assert(host:plan(asked_for)).digest))
    local plan = assert(host:plan(assert(request())))
    assert.same({ {}, {}, {}, {} }, { plan.added, plan.removed, plan.changes, plan.services })
    assert(host:apply(asked_for, plan.digest))
    assert.equal(1, zones.applied)
    local instances = assert(host:instances "example.com")
    assert.same({ 1, "kraiter", "mail", 1000 }, { #instances, instances[1].service_id, instances[1].host, instances[1].applied_at })
    assert(host:withdraw("example.com", instances[1].id))
    assert.is_nil(set("a._domainkey.mail.example.com", "CNAME"))
    assert.is_nil(set("bounce.mail.example.com", "TXT"))
    assert.same({ '"v=spf1 mx -all"' }, set("example.com", "TXT").values)
    assert.same({}, assert(host:instances "example.com"))
    assert.equal("no_instance", (select(3, host:withdraw("example.com", instances[1].id))))
  end)

  it("does nothing else than what was agreed to", function()
    local asked_for = assert(request())
    local plan = assert(host:plan(asked_for))
    zones.sets["example.com"]["a._domainkey.mail.example.com TXT"] = {
      name = "a._domainkey.mail.example.com", type = "TXT", ttl = 60, values = { '"mine"' } }
    assert.equal("changed", (select(3, host:apply(asked_for, plan.digest))))
    local another = assert(request(asked { variables = {
      region = "us-east-1", tokens_1 = "a", tokens_2 = "b", tokens_3 = "c", challenge = "x", mail_from = "bounce" } }))
    assert.equal("changed", (select(3, host:apply(another, plan.digest))))
    assert.equal(0, zones.applied)
  end)

  it("is as it was where a change fails, and knows what is not known", function()
    local asked_for = assert(request())
    local digest = assert(host:plan(asked_for)).digest
    local apply = zones.apply
    zones.apply = function() return nil, "the zone has moved", "zone_moved" end
    assert.equal("zone_moved", (select(3, host:apply(asked_for, digest))))
    assert.same({}, host:instances "example.com")
    zones.apply = function(...)
      apply(...)
      return nil, "no answer", "timeout", { unsure = true }
    end
    assert.equal("timeout", (select(3, host:apply(asked_for, digest))))
    assert.equal(1, #host:instances "example.com")
    zones.apply = apply
    local plan = assert(host:plan(asked_for))
    assert.same({}, plan.changes)
    assert(host:apply(asked_for, plan.digest))
    assert(host:withdraw("example.com", host:instances("example.com")[1].id))
    assert.is_nil(set("a._domainkey.mail.example.com", "CNAME"))
  end)

  it("ends right where it was killed on its way: the next one finds what is there, and what came of it can be taken back", function()
    local function text() return cjson.encode(set("example.com", "TXT").values) .. cjson.encode(set("_dmarc.example.com", "TXT").values) end
    local before = text()
    -- before anything, when the changes are made, and when all is done but kept
    for _, moment in ipairs { "save", "apply", "applied", "saved" } do
      local of = moment:find "^sav" and host.applied or zones
      local real, calls = of[moment:match "^sav" and "save" or "apply"], 0
      local function killed(...)
        calls = calls + 1
        if moment == "applied" or moment == "saved" and calls == 1 then
          local result = { real(...) }
          if moment == "saved" then return result[1], result[2], result[3] end
        end
        error("killed", 0)
      end
      of[moment:match "^sav" and "save" or "apply"] = killed
      local asked_for = assert(request())
      local ok, why = pcall(host.apply, host, asked_for, assert(host:plan(asked_for)).digest)
      assert.same({ false, "killed" }, { ok, why }, moment)
      of[moment:match "^sav" and "save" or "apply"] = real
      local plan = assert(host:plan(asked_for))
      assert(host:apply(asked_for, plan.digest))
      assert.same({ "a.dkim.amazonses.com." }, set("a._domainkey.mail.example.com", "CNAME").values)
      assert.same({}, assert(host:plan(asked_for)).changes)
      local instances = assert(host:instances "example.com")
      assert.equal(1, #instances, moment)
      assert(host:withdraw("example.com", instances[1].id))
      assert.is_nil(set("a._domainkey.mail.example.com", "CNAME"))
      assert.is_nil(set("bounce.mail.example.com", "TXT"))
      assert.equal(before, text())
    end
  end)

  it("lets one win of two who apply at once", function()
    local asked_for = assert(request())
    local digest, apply, second = assert(host:plan(asked_for)).digest, zones.apply, nil
    zones.apply = function(...)
      zones.apply = apply
      second = { host:apply(asked_for, digest) }
      return apply(...)
    end
    local first = { host:apply(asked_for, digest) }
    assert.is_true((first[1] or false) ~= (second[1] or false))
    assert.same({}, assert(host:plan(asked_for)).changes)
    assert.same({ "a.dkim.amazonses.com." }, set("a._domainkey.mail.example.com", "CNAME").values)
  end)

  it("is not fooled by a request that was changed", function()
    local text = asked()
    for what, changed in pairs {
      domain = text:gsub("domain=example%.com", "domain=example.org"), value = text:gsub("eu%-west%-1", "eu-west-2"),
      more = "x=1&" .. text, less = text:gsub("&state=s1", ""), order = text:gsub("(region=[^&]*)&(state=[^&]*)", "%2&%1"),
      encoding = text:gsub("domain=", "%%64omain="), back = text:gsub("app%.mailer", "evil.mailer"),
      other_key = sign((asked { key = "absent" }), other),
    } do
      assert.not_equal(text, changed, what)
      local found, _, code = request(changed)
      assert.same({ nil, "bad_signature" }, { found, code }, what)
    end
    assert.truthy(request(sign(asked { key = "absent" })))
  end)

  it("takes no request without the signature that its template wants, nor one by a key that is none", function()
    assert.equal("not_signed", (select(3, request(asked { key = "absent" }))))
    assert.equal("not_signed", (select(3, request((asked():gsub("&key=.*", ""))))))
    for name, code in pairs {
      ["_none"] = "bad_key", ["_broken"] = "bad_key", ["_away"] = "dns_failed", ["a.b"] = "bad_key", [".."] = "bad_key", [""] = "bad_key",
      ["_dck1.keys.mailer.example.evil"] = "bad_key",
    } do
      assert.equal(code, (select(3, request((asked():gsub("&key=.*", "&key=" .. name))))), name)
    end
    -- one of another template is none here
    local found = assert(request((asked { key = "absent" }), "open"))
    assert.is_false(found.signed)
  end)

  it("warns of what nobody has signed, and of names that mean something", function()
    local plan = assert(host:plan(assert(request(asked { key = "absent", host = "_domainkey" }, "open"))))
    assert.same({ "not_signed", "underscore" }, { plan.warnings[1].code, plan.warnings[2].code })
  end)

  it("warns where a DMARC policy would become a weaker one", function()
    local function warned(policy)
      zones.sets["example.com"]["_dmarc.example.com TXT"].values = { policy }
      local plan = assert(host:plan(assert(request(asked { host = "absent", groups = "absent" }))))
      return plan.warnings[1] and plan.warnings[1].code .. ": " .. plan.warnings[1].text
    end
    assert.equal("dmarc_weaker: Mail that only pretends to be yours is treated more kindly then: the policy at _dmarc.example.com, "
      .. "p=reject, becomes p=none.", warned '"v=DMARC1; p=reject"')
    assert.equal("dmarc_weaker", (warned '"v=DMARC1; p=quarantine; rua=mailto:a@example.com"'):match "^[%l_]+")
    assert.is_nil(warned '"v=DMARC1; p=none; rua=mailto:a@example.com"')
  end)

  it("leads nowhere but where the template's owner says", function()
    local function back(uri, service, by)
      local found, _, _, failed = request(asked { redirect_uri = uri, key = by or "absent" }, service or "open")
      return host:back(found or failed, "cancelled")
    end
    for _, uri in ipairs { "https://evil.example/", "https://app.mailer.example.evil.example/", "https://xapp.mailer.example/",
      "https://app.mailer.example:8443@evil.example/", "https://127.0.0.1/" } do
      local text = sign(query.write { domain = "example.com", redirect_uri = uri })
      local _, _, _, failed = request(text, "open")
      assert.is_nil(failed and host:back(failed), uri)
    end
    for _, uri in ipairs {
      "http://app.mailer.example/", "javascript:alert(1)", "//evil.example", "https://app.mailer.example\\@evil.example",
    } do
      local _, _, _, failed = request(query.write { domain = "example.com", redirect_uri = uri }, "open")
      assert.is_nil(failed and host:back(failed), uri)
    end
    assert.truthy(back "https://app.mailer.example/x")
    assert.truthy(back "https://eu.app.mailer.example/x")
    assert.is_nil(back("https://app.mailer.example/x", "nowhere"))
    -- who signs says so himself
    assert.truthy(back("https://elsewhere.example/", "signed", key))
    assert.is_nil(back("https://elsewhere.example/", "signed", other))
  end)

  it("has a state come back as it went, and nothing beside it", function()
    local found = assert(request(asked { state = "a&success=1#x\"><script>" }))
    assert.equal("https://app.mailer.example/back?tenant=7&state=a%26success%3D1%23x%22%3E%3Cscript%3E", host:back(found))
    local text = query.write { domain = "example.com", redirect_uri = "https://app.mailer.example/back#there" }
    local _, _, _, failed = request(text, "open")
    assert.equal("https://app.mailer.example/back?error=invalid_request&error_description=bad%20request",
      host:back(failed or request(text, "open"), "bad_request"))
  end)

  it("refuses what is no request", function()
    local function code_of(values, service)
      local found, message, code = request(type(values) == "string" and values or query.write(values), service or "open")
      if found then
        found, message, code = host:plan(found)
      end
      assert.is_nil(found)
      assert.is_nil(message:find "[%c<>]")
      return code
    end
    local all = { challenge = "x", region = "r", mail_from = "b", tokens_1 = "a", tokens_2 = "b", tokens_3 = "c", domain = "example.com" }
    local function with(changes)
      local values = {}
      for name, value in pairs(all) do values[name] = value end
      for name, value in pairs(changes) do values[name] = value ~= "absent" and value or nil end
      return values
    end
    for what, changes in pairs {
      no_domain = { domain = "absent" }, bad_domain = { domain = "<script>" }, one_label = { domain = "com" }, bad_host = { host = "a..b" },
      slash = { host = "../x" }, no_value = { region = "absent" }, bad_value = { region = "x\"y" }, long = { region = ("x"):rep(3000) },
      no_group = { groupId = "nothing" }, bad_group = { groupId = "dkim1,," }, crit = { crit = "dc.new", ["dc.new"] = "1" },
      not_ascii = { region = "é" }, crit_of_nothing = { crit = "other", other = "1" },
    } do
      assert.equal("bad_request", code_of(with(changes)), what)
    end
    assert.equal("bad_request", code_of(("a"):rep(10000)))
    assert.equal("bad_request", code_of "domain=a.example&domain=b.example")
    assert.equal("bad_request", code_of(with {}, "blocked"))
    assert.equal("not_ours", code_of(with { domain = "example.net" }))
    assert.equal("not_ours", code_of(with { domain = "mail.example.com" }))
    local odd = query.write(with { crit = "dc.absent,region", ["vnd.x"] = "1", domain = "EXAMPLE.com.", other = "é" })
    assert.truthy(host:plan(assert(request(odd, "open"))))
  end)

  it("takes up no template that is none", function()
    for what, changes in pairs {
      id = { providerId = "a b" }, name = { providerName = "" }, crit = { crit = { "new" }, new = 1 },
      version = { templateSpecVersion = 2 }, none = { records = {} }, keys = { syncPubKeyDomain = "no name" },
      kind = { records = { { type = "LOC", host = "@", data = "x" } } },
      fields = { records = { { type = "TXT", host = "@" } } }, variable = { records = { { type = "TXT", host = "@", data = "%a" } } },
      mode = { records = { { type = "TXT", host = "@", data = "a", txtConflictMatchingMode = "Some" } } },
      record_crit = { records = { { type = "TXT", host = "@", data = "a", crit = { "new" }, new = 1 } } },
    } do
      local made, message, code = provider.new {
        id = "a", name = "A", url = "https://a.example", target = zones, resolver = {}, templates = { template(changes) } }
      assert.same({ nil, "bad_template" }, { made, code }, what)
      assert.is_string(message)
    end
    assert.has_error(function()
      provider.new { id = "a", name = "A", url = "http://a.example", target = zones, resolver = {}, templates = {} }
    end)
  end)
end)

describe("what a DNS host keeps of templates", function()
  for name, make in pairs { ["in memory"] = applied.memory, ["in files"] = function() return applied.files(shell.new_directory()) end } do
    it("is there again, " .. name, function()
      local kept = make()
      local list, at = kept:load "example.com"
      assert.same({}, list)
      assert(kept:save("example.com", { { id = "1", records = {} } }, at))
      local again, now_at = kept:load "example.com"
      assert.equal("1", again[1].id)
      -- and is not replaced by who has not seen it
      assert.equal("moved", (select(3, kept:save("example.com", {}, at))))
      assert(kept:save("example.com", {}, now_at))
      assert.same({}, (kept:load "example.com"))
      assert.same({}, (kept:load "example.org"))
      if kept.directory then
        shell.write(kept.directory .. "/example.com.json", "[{")
        assert.equal("damaged", (select(3, kept:load "example.com")))
        assert.has_error(function() kept:load "../x" end)
        shell.remove_directory(kept.directory)
        assert.equal("unwritable", (select(3, kept:save("example.org", {}, "[]"))))
      end
    end)
  end
end)
