--- examples/domain_connect_provider.lua: the whole loop on one machine, from a customer's domain to its records in a real name server.
local dns = require "mailseal.dns"
local browsers = require "spec.support.connect_browser"
local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local knot = require "spec.support.knot"
local nginx = require "spec.support.nginx"
local query = require "mailseal.domain_connect.query"
local receiver = require "spec.support.receiver"
local shell = require "spec.support.shell"
local signing = require "mailseal.domain_connect.signing"
local templates = require "mailseal.domain_connect.templates"

local SECRET = "GyS77Bg3U4uhQxCvSwGeunCWIO211OyEOYjYha5a/p4="

local HTTP = [[
lua_ssl_trusted_certificate $certificates/ca.pem;
lua_ssl_verify_depth 5;
init_by_lua_block {
  require "examples.domain_connect_provider".start {
    id = "stars.example", name = "Stars", url = "https://dc.stars.example:$tls", server = "$knot", key_file = "$directory/tsig.key",
    templates = { "$directory/kraiter.json", "$directory/open.json" }, applied = "$directory", resolvers = { "$knot" },
    accounts = { alice = { "example.com" }, bob = { "example.org" } },
  }
}
]]

local SERVER = [[
listen 127.0.0.1:$tls ssl;
ssl_certificate $certificates/stars.pem;
ssl_certificate_key $certificates/stars.key;
large_client_header_buffers 4 16k;
location / { content_by_lua_block { require "examples.domain_connect_provider".serve() } }
location = /asked-from-within {
  content_by_lua_block {
    local connect, resolver = require "mailseal.domain_connect", require "mailseal.dns".resolver { servers = { "$knot" } }
    local options = { resolver = resolver, fetch = { allow_private = true } }
    local settings = assert(connect.discover("mail.example.com", options))
    local known, _, code = connect.supports(settings, "mailer.example", "kraiter", options)
    local _, _, other = connect.supports(settings, "mailer.example", "mailgun", options)
    ngx.say(settings.provider_id, " ", settings.host, " ", known and known.version, " ", code, " ", other)
  }
}
]]

describe("the example of a hosting company, in #nginx,", function()
  local names, server, certificates, resolver, key, options

  local function template(service, more)
    local given = {
      provider_id = "mailer.example", provider_name = "Mailer", service_id = service, sync_redirect_domain = "app.mailer.example",
    }
    for name, value in pairs(more or {}) do given[name] = value end
    return templates.json(assert(domain_connect.template("kraiter", given)))
  end

  setup(function()
    certificates, key = receiver.certificates(), assert(keys.generate {})
    local key_records = { knot.EMPTY }
    for _, record in ipairs(domain_connect.key_records(key, "_dck1.keys.mailer.example")) do
      key_records[#key_records + 1] = ('_dck1.keys TXT "%s"\n'):format(record.value)
    end
    names = assert(knot.start {
      keys = { { name = "hosting", algorithm = "hmac-sha256", secret = SECRET } }, zones = {
        ["example.com"] = knot.EMPTY .. '@ TXT "v=spf1 mx -all"\n_dmarc TXT "v=DMARC1; p=reject"\nbounce.mail TXT "mine"\n',
        ["example.org"] = knot.EMPTY, ["stars.example"] = knot.EMPTY .. "dc A 127.0.0.1\n", ["mailer.example"] = table.concat(key_records),
      },
    })
    server = nginx.start {
      http = HTTP, server = SERVER, values = { knot = names.address, certificates = certificates }, files = {
        ["tsig.key"] = "hmac-sha256:hosting:" .. SECRET, ["open.json"] = template "open",
        ["kraiter.json"] = template("kraiter", { sync_pub_key_domain = "keys.mailer.example" }),
      },
    }
    assert(names:update("example.com", { ('add _domainconnect 60 TXT "dc.stars.example:%d"'):format(server.tls) }))
    resolver = assert(dns.resolver { servers = { names.address } })
    options = { resolver = resolver, fetch = { allow_private = true, ca_file = certificates .. "/ca.pem" } }
  end)

  teardown(function()
    if server then server:stop() end
    if names then names:stop() end
    shell.remove_directory(certificates)
  end)

  -- All that the zone holds, but for its SOA, which every change changes.
  local function zone()
    local text = shell.output(("kdig @%s -p %d AXFR example.com +noall +answer | grep -v SOA | sort"):format(names.host, names.port))
    assert.truthy(text:find "_dmarc")
    return text
  end

  local function text_at(name, kind)
    local answer = resolver:query(name, kind or "TXT", { fresh = true })
    local record = (answer.records or {})[1]
    return record and (record.target or record.strings and table.concat(record.strings) or record.exchange)
  end

  local function address(changes)
    local settings = assert(domain_connect.discover("mail.example.com", options))
    local found = assert(domain_connect.parameters("kraiter", "mail.example.com", { region = "eu-west-1", tokens = { "a", "b", "c" } }, {
      zone = settings.zone, org_domain = "example.com", challenge = "xyz", without = { "dmarc" },
    }))
    local given = {
      settings = settings, provider_id = "mailer.example", service_id = "kraiter", domain = settings.zone, host = settings.host,
      variables = found.variables, groups = found.groups, redirect_uri = "https://app.mailer.example/back", state = "s-1",
      key = key, key_name = "_dck1",
    }
    for name, value in pairs(changes or {}) do given[name] = value ~= "absent" and value or nil end
    return (assert(domain_connect.apply_url(given)):gsub("^https://dc%.stars%.example:%d+", ""))
  end

  local function browser(name)
    return browsers.open(server.tls, name)
  end

  it("says what it is, and which templates it knows", function()
    local settings = assert(domain_connect.discover("mail.example.com", options))
    assert.same({ "stars.example", "Stars", "example.com", "mail" },
      { settings.provider_id, settings.provider_name, settings.zone, settings.host })
    assert.truthy(assert(domain_connect.supports(settings, "mailer.example", "kraiter", options)).version > 20200101)
    assert.equal("template_unknown", (select(3, domain_connect.supports(settings, "mailer.example", "mailgun", options))))
    assert(names:update("example.org", { ('add _domainconnect 60 TXT "dc.stars.example:%d/elsewhere"'):format(server.tls) }))
    assert.equal("stale", (select(3, domain_connect.discover("example.org", options))))
  end)

  it("is found and asked from within nginx as well", function()
    assert.matches("^stars%.example mail 20%d+ nil template_unknown\n$", (server:get "/asked-from-within"))
  end)

  it("takes a customer from his domain to its records and back, and takes them out again", function()
    local before, customer = zone(), browser()
    local reply = customer:ask("GET", address())
    assert.truthy(reply.body:find("it is a stub", 1, true))
    reply = customer:submit { name = "alice" }
    assert.truthy(reply.body:find("a._domainkey.mail.example.com", 1, true))
    assert.truthy(reply.body:find("Mailer", 1, true))
    assert.equal(before, zone())
    reply = customer:submit { answer = "yes" }
    assert.same({ 303, "https://app.mailer.example/back?state=s-1" }, { reply.status, reply.headers.location })
    assert.same({ "done", "s-1" }, { domain_connect.returned("state=s-1").outcome, domain_connect.returned("state=s-1").state })
    -- which is not believed: DNS is asked
    assert.equal("a.dkim.amazonses.com", text_at("a._domainkey.mail.example.com", "CNAME"))
    assert.equal("mailseal-domain-verification=xyz", text_at "_mailseal-challenge.mail.example.com")
    assert.equal("feedback-smtp.eu-west-1.amazonses.com", text_at("bounce.mail.example.com", "MX"))
    assert.equal("v=DMARC1; p=reject", text_at "_dmarc.example.com")
    assert.equal("v=spf1 mx -all", text_at "example.com")
    assert.truthy(zone():find('"v=spf1 include:amazonses.com ~all"', 1, true))
    -- again: nothing
    local after = zone()
    reply = customer:ask("GET", address())
    assert.truthy(reply.body:find("there already", 1, true))
    assert.equal(303, customer:submit({ answer = "yes" }).status)
    assert.equal(after, zone())
    -- other values, and the former ones are gone
    reply = customer:ask("GET", address { variables = {
      tokens_1 = "x", tokens_2 = "b", tokens_3 = "c", region = "us-east-1", mail_from = "bounce", challenge = "xyz" } })
    assert.truthy(reply.body:find("removed", 1, true))
    customer:submit { answer = "yes" }
    assert.is_nil(text_at("a._domainkey.mail.example.com", "CNAME"))
    assert.equal("x.dkim.amazonses.com", text_at("x._domainkey.mail.example.com", "CNAME"))
    -- and all of it
    reply = customer:ask("GET", "/templates")
    assert.truthy(reply.body:find("for mail.example.com", 1, true))
    reply = customer:submit {}
    assert.truthy(reply.body:find("There are none", 1, true))
    assert.equal(before, zone())
  end)

  it("changes nothing for who cancels, whose domain it is not, or who did not see what he agrees to", function()
    local before, customer = zone(), browser "alice"
    customer:ask("GET", address())
    local reply = customer:submit { answer = "no" }
    local back = domain_connect.returned(reply.headers.location:match "%?(.*)$")
    assert.same({ "cancelled", "user_cancel", "s-1" }, { back.outcome, back.description, back.state })
    reply = browser("bob"):ask("GET", address())
    assert.truthy(reply.headers.location:find("error=access_denied&error_description=the%20domain%20cannot%20be%20changed", 1, true))
    -- another site's form has no token, and nobody signs in by a cookie of his own making
    local path = customer.path
    for _, given in ipairs { { token = "absent" }, { token = "00" }, { digest = "absent" } } do
      customer:ask("GET", path)
      given.answer = "yes"
      assert.truthy(customer:submit(given).body:find("These records are added", 1, true))
    end
    local stranger = browsers.open(server.tls)
    stranger.cookie = "session=alice.9999999999.00"
    assert.truthy(stranger:ask("GET", path).body:find("it is a stub", 1, true))
    -- what was agreed to is not what would be done by now
    customer:ask("GET", path)
    assert(names:update("example.com", { "add a._domainkey.mail 60 TXT \"mine\"" }))
    reply = customer:submit { answer = "yes" }
    assert.truthy(reply.body:find("have changed since", 1, true))
    assert.truthy(reply.body:find("mine", 1, true))
    assert(names:update("example.com", { "del a._domainkey.mail TXT" }))
    assert.equal(before, zone())
  end)

  it("does nothing that was not signed by whose template it is", function()
    local before, customer = zone(), browser "alice"
    local good, other = address(), assert(keys.generate {})
    local unsigned = address { key = "absent" }
    for what, path in pairs {
      changed = (good:gsub("eu%-west%-1", "eu-west-2")), another_domain = (good:gsub("domain=example%.com", "domain=example.org")),
      unsigned = unsigned, another_key = (good:gsub("key=_dck1", "key=_dck2")),
      another_signature = unsigned .. "&key=_dck1&sig=" .. query.encode(assert(signing.sign(other, unsigned:match "%?(.*)$"))),
    } do
      local reply = customer:ask("GET", path)
      assert.equal(303, reply.status, what)
      assert.truthy(reply.headers.location:find("error=unauthorized_client", 1, true), what)
    end
    -- which no place is told that was not named
    local reply = customer:ask("GET", (good:gsub("app%.mailer", "evil.mailer")))
    assert.same({ 400 }, { reply.status, reply.headers.location })
    assert.equal(before, zone())
  end)

  it("shows what strangers write as text, and leads nobody astray", function()
    local before, customer = zone(), browser "alice"
    local function open(values)
      local all = { domain = "example.com", challenge = "x", region = "r", mail_from = "b", tokens_1 = "a", tokens_2 = "b", tokens_3 = "c" }
      for name, value in pairs(values) do all[name] = value end
      return customer:ask("GET", "/v2/domainTemplates/providers/mailer.example/services/open/apply?" .. query.write(all))
    end
    local reply = open { challenge = '"><script>alert(1)</script>', state = "<script>", providerName = "<script>" }
    assert.equal(200, reply.status)
    assert.is_nil(reply.body:find "<script")
    assert.truthy(reply.body:find("&lt;script&gt;", 1, true))
    assert.truthy(reply.body:find("Nobody has signed this request", 1, true))
    assert.truthy(reply.headers["content-security-policy"]:find("default-src 'none'", 1, true))
    for _, values in ipairs {
      { region = "<script>" }, { domain = "<script>" }, { host = '"><script>' }, { tokens_1 = "victim.example.net." },
      { tokens_1 = "a b" }, { region = ("x"):rep(5000) }, { mail_from = "@" }, { domain = "example.com\\" },
    } do
      reply = open(values)
      assert.equal(400, reply.status)
      assert.is_nil(reply.body:find "<script")
    end
    for _, uri in ipairs { "https://evil.example/", "http://app.mailer.example/", "//evil.example", "javascript:alert(1)",
      "https://app.mailer.example@evil.example/" } do
      open { redirect_uri = uri }
      reply = customer:submit { answer = "no" }
      assert.same({ 400 }, { reply.status, reply.headers.location }, uri)
    end
    for _, to in ipairs { "https://evil.example/", "//evil.example", "/\\evil.example" } do
      reply = browser():ask("POST", "/sign-in-stub", query.write { name = "alice", to = to })
      assert.same({ 200 }, { reply.status, reply.headers.location }, to)
    end
    for _, path in ipairs {
      "/", "/v2/../settings", "/v2/example.net/settings", "/v2/%3Cscript%3E/settings", "/v2/domainTemplates/providers/a/services/b",
      "/v2/domainTemplates/providers/..%2f/services/b/apply", "/v2/domainTemplates/providers/a/services/b/apply",
    } do
      assert.equal(404, customer:ask("GET", path).status, path)
    end
    assert.equal(before, zone())
    assert.is_nil(server:log():find "%[error%]")
  end)
end)

describe("the example of a hosting company whose name server is away, in #nginx,", function()
  it("says so to who runs it, and to nobody else where that is", function()
    local certificates = receiver.certificates()
    local server = nginx.start {
      http = HTTP, server = SERVER, values = { knot = "127.0.0.1:1", certificates = certificates }, files = {
        ["tsig.key"] = "hmac-sha256:hosting:" .. SECRET, ["kraiter.json"] = templates.json(assert(domain_connect.template("kraiter", {
          provider_id = "mailer.example", provider_name = "Mailer" }))),
        ["open.json"] = templates.json(assert(domain_connect.template("mailgun", {
          provider_id = "mailer.example", provider_name = "Mailer" }))),
      },
    }
    finally(function()
      server:stop()
      shell.remove_directory(certificates)
    end)
    local customer = browsers.open(server.tls)
    customer:ask("POST", "/sign-in-stub", query.write { name = "alice", to = "/nowhere" })
    for _, path in ipairs { "/v2/example.com/settings", "/v2/domainTemplates/providers/mailer.example/services/kraiter/apply?" ..
      query.write { domain = "example.com", groupId = "dmarc" } } do
      local reply = customer:ask("GET", path)
      assert.equal(503, reply.status, reply.body)
      assert.truthy(reply.body:find("This cannot be done just now.", 1, true))
      assert.is_nil(reply.body:find("127.0.0.1", 1, true))
    end
    assert.truthy(server:log():find("unreachable: 127.0.0.1", 1, true))
  end)
end)

describe("the configuration beside it, for #nginx,", function()
  it("is one", function()
    local certificates = receiver.certificates()
    shell.output(("cd %s && cp good.pem certificate.pem && cp good.key certificate.key && mkdir applied"):format(certificates))
    local root = shell.output("pwd"):match "^[^\n]+"
    local text = shell.read "examples/domain_connect_provider.conf"
    text = text:gsub("%${prefix}%.%.", root):gsub("127%.0%.0%.1:8443", "unix:nginx.sock")
    shell.write(certificates .. "/nginx.conf", text)
    shell.write(certificates .. "/tsig.key", "hmac-sha256:hosting:" .. SECRET)
    shell.write(certificates .. "/kraiter.json", templates.json(assert(domain_connect.template("kraiter", {
      provider_id = "mailer.example", provider_name = "Mailer" }))))
    local told = shell.run(("PATH=$PATH:/usr/sbin nginx -t -p %s/ -c nginx.conf -e stderr"):format(certificates))
    assert.equal(0, told.status, told.err)
    shell.remove_directory(certificates)
  end)
end)
