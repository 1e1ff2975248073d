local cjson = require "cjson"
local dns = require "mailseal.dns"
local domain_connect = require "mailseal.domain_connect"
local receiver = require "spec.support.receiver"
local shell = require "spec.support.shell"

describe("Domain Connect's discovery", function()
  local server, directory, options

  setup(function()
    directory = receiver.certificates()
    server = receiver.start { certificate = directory .. "/stars.pem", key = directory .. "/stars.key" }
  end)

  teardown(function()
    server:stop()
    shell.remove_directory(directory)
  end)

  local SOA = { type = "SOA", data = "ns.example.com. h.example.com. 1 60 60 60 60" }

  -- What is at _domainconnect.example.com, and in DNS beside it.
  local function zone(records, more)
    local data = {
      ["example.com"] = { SOA }, ["_domainconnect.example.com"] = records, ["mail.example.com"] = { { type = "TXT", data = "x" } },
      ["dc.stars.example"] = { { type = "A", data = "127.0.0.1" } }, ["ux.stars.example"] = { { type = "A", data = "127.0.0.1" } },
      ["private.example"] = { { type = "A", data = "10.0.0.1" } }, ["public.example"] = { { type = "A", data = "8.8.8.8" } },
    }
    for name, list in pairs(more or {}) do data[name] = list end
    options = {
      resolver = assert(dns.resolver { zone = data }), fetch = { allow_private = true, ca_file = directory .. "/ca.pem", timeout = 5 },
    }
  end

  local function txt(text) return { type = "TXT", data = text } end

  local function place(path) return ("dc.stars.example:%d%s"):format(server.port, path or "") end

  local function settings(changes)
    local all = {
      providerId = "host.example", providerName = "Host", urlSyncUX = "https://ux.stars.example/dc",
      urlAPI = "https://" .. place "/api", nameServers = { "NS1.Host.example." }, width = 750, ["vnd.host.thing"] = { 1 },
      urlControlPanel = "https://host.example/dns?domain=%domain%",
    }
    for name, value in pairs(changes or {}) do
      all[name] = value ~= "absent" and value or nil
    end
    return cjson.encode(all)
  end

  before_each(function()
    server:forget()
    server:behave { ["*"] = { status = 404 }, ["/v2/example.com/settings"] = { body = settings() } }
    zone { txt(place()) }
  end)

  local function discover(domain) return domain_connect.discover(domain or "example.com", options) end

  local function code_of(domain)
    local found, message, code = discover(domain)
    assert.is_nil(found)
    assert.is_string(message)
    assert.is_nil(message:find "[%c<>]")
    return code
  end

  it("finds the host of a domain, by its zone", function()
    assert.same({
      provider_id = "host.example", provider_name = "Host", zone = "example.com", url_sync = "https://ux.stars.example/dc",
      url_api = "https://" .. place "/api", name_servers = { "ns1.host.example" },
      control_panel = "https://host.example/dns?domain=example.com",
    }, assert(discover()))
    local found = assert(discover "a.mail.example.com")
    assert.same({ "example.com", "a.mail" }, { found.zone, found.host })
    assert.equal("/v2/example.com/settings", server:requests()[1].path)
  end)

  it("takes a path along, a slash at its end or not, and a brand's own name", function()
    server:behave {
      ["/dc/v2/example.com/settings"] = { body = settings { providerDisplayName = "Brand", urlSyncUX = "https://ux.stars.example/" } },
    }
    for _, path in ipairs { "/dc", "/dc/" } do
      zone { txt(place(path)) }
      local found = assert(discover())
      assert.same({ "Brand", "https://ux.stars.example" }, { found.provider_name, found.url_sync })
    end
  end)

  it("says that a domain's host takes no part where nothing is there", function()
    zone {}
    assert.equal("not_supported", code_of())
    zone(nil)
    assert.equal("not_supported", code_of())
    zone { { type = "TXT", error = "servfail" } }
    assert.equal("dns_failed", code_of())
  end)

  it("says that a record is stale whose host does not have the zone", function()
    server:behave { ["*"] = { status = 404 } }
    assert.equal("stale", code_of())
  end)

  it("goes by the record that is one, where there are several", function()
    zone { txt "hello", txt(place "/none"), txt(place()) }
    assert.equal("host.example", assert(discover()).provider_id)
  end)

  it("asks nobody for what is no record of it", function()
    for _, text in ipairs {
      "", "hello there", "https://" .. place(), place "/?a=b", place "/#x", "user@" .. place(), "127.0.0.1:" .. server.port,
      "[::1]", "2130706433",
      "dc.stars.example:99999", place "/\\\\x", ("a"):rep(300) .. ".example", "dc.stars.example\nHost: a",
    } do
      zone { txt(text) }
      assert.equal("bad_record", code_of(), text)
    end
    assert.same({}, server:requests())
  end)

  it("connects to no private address, unless it may", function()
    options.fetch.allow_private = nil
    assert.equal("bad_settings", code_of())
    assert.same({}, server:requests())
  end)

  it("trusts nobody whose certificate is not to be trusted", function()
    zone({ txt("hooks.example:" .. server.port) }, { ["hooks.example"] = { { type = "A", data = "127.0.0.1" } } })
    assert.equal("bad_settings", code_of())
  end)

  it("takes no settings that make no sense", function()
    local list = {}
    for _, changes in ipairs {
      { providerId = "absent" }, { providerId = "none" }, { providerId = "a b" }, { providerId = "<script>" }, { providerId = 7 },
      { providerName = "absent" }, { providerName = { "x" } }, { urlAPI = "absent" }, { urlAPI = "http://public.example" },
      { urlSyncUX = "http://public.example" }, { urlSyncUX = "javascript:alert(1)" }, { urlSyncUX = "https://public.example/?a=b" },
      { urlSyncUX = "https://127.0.0.1/" }, { urlSyncUX = "https://a@public.example" }, { urlSyncUX = 5 }, { crit = "x" },
      { crit = { "vnd.host.thing" } }, { crit = { 5 } },
    } do
      list[#list + 1] = settings(changes)
    end
    for _, body in ipairs { "", "{", "[]", "null", "7", "<html>", '{"providerId":"a","providerId":"b"}', ("["):rep(5000) } do
      list[#list + 1] = body
    end
    for _, body in ipairs(list) do
      server:behave { ["/v2/example.com/settings"] = { body = body } }
      assert.equal("bad_settings", code_of(), body)
    end
  end)

  it("does not read more of them than is good, nor follow for ever", function()
    server:behave { ["/v2/example.com/settings"] = { body = settings { pad = ("x"):rep(70000) } } }
    assert.equal("bad_settings", code_of())
    server:behave { ["/v2/example.com/settings"] = { status = 302, headers = { Location = "/v2/example.com/settings" } } }
    assert.equal("bad_settings", code_of())
    assert.equal(4, #server:requests())
    server:behave { ["/v2/example.com/settings"] = { status = 302, headers = { Location = "http://public.example/" } } }
    assert.equal("bad_settings", code_of())
    server:behave { ["/v2/example.com/settings"] = { status = 301, headers = { Location = "/moved" } }, ["/moved"] = { body = settings() } }
    assert.equal("host.example", assert(discover()).provider_id)
  end)

  it("leads no customer to a private address", function()
    options.fetch.allow_private = nil
    local function judge(place_of_customer)
      local body = settings { urlAPI = "https://public.example", urlSyncUX = place_of_customer }
      return require("mailseal.domain_connect.discovery").judge(body, "example.com", options)
    end
    local found, _, code = judge "https://private.example"
    assert.same({ nil, "bad_settings" }, { found, code })
    assert.truthy(judge "https://public.example")
  end)

  it("says so where the host leads no customer anywhere, has failed, or is away", function()
    server:behave { ["/v2/example.com/settings"] = { body = settings { urlSyncUX = "absent" } } }
    assert.equal("no_sync", code_of())
    server:behave { ["*"] = { status = 500 } }
    assert.equal("unreachable", code_of())
    zone { txt "dc.stars.example:1" }
    assert.equal("unreachable", code_of())
    zone { txt "nobody.stars.example" }
    assert.equal("no_such_host", code_of())
  end)

  it("shows no control character of theirs", function()
    server:behave { ["/v2/example.com/settings"] = { body = settings { providerName = "H\27[31m\nost" } } }
    assert.equal("H\\027[31m\\010ost", assert(discover()).provider_name)
  end)

  it("asks whether a template is known", function()
    local found = assert(discover())
    server:behave {
      ["*"] = { status = 404 }, ["/api/v2/domainTemplates/providers/mailer.example/services/kraiter"] = { body = '{"version":3}' },
      ["/api/v2/domainTemplates/providers/mailer.example/services/silent"] = { status = 200 },
      ["/api/v2/domainTemplates/providers/mailer.example/services/broken"] = { status = 503 },
    }
    assert.same({ version = 3 }, domain_connect.supports(found, "mailer.example", "kraiter", options))
    assert.same({}, domain_connect.supports(found, "mailer.example", "silent", options))
    assert.equal("template_unknown", (select(3, domain_connect.supports(found, "mailer.example", "other", options))))
    assert.equal("unreachable", (select(3, domain_connect.supports(found, "mailer.example", "broken", options))))
    assert.has_error(function() domain_connect.supports(found, "../..", "x", options) end)
  end)
end)
