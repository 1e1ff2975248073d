local cjson = require "cjson"
local keys = require "mailseal.key"
local query = require "mailseal.domain_connect.query"
local receiver = require "spec.support.receiver"
local shell = require "spec.support.shell"
local signing = require "mailseal.domain_connect.signing"

describe("mailseal domain-connect", function()
  local directory, certificates, server, key

  setup(function()
    directory, certificates, key = shell.new_directory(), receiver.certificates(), assert(keys.generate {})
    server = receiver.start { certificate = certificates .. "/stars.pem", key = certificates .. "/stars.key" }
    assert(key:save(directory .. "/key.pem"))
    assert(keys.generate({ type = "ed25519" }):save(directory .. "/ed25519.pem"))
    local function zone_of(place)
      return cjson.encode {
        ["example.com"] = {
          { type = "SOA", data = "ns.example.com. h.example.com. 1 60 60 60 60" }, { type = "NS", data = "ns.example.com." },
        },
        ["ns.example.com"] = { { type = "A", data = "192.0.2.1" } },
        ["_domainconnect.example.com"] = { place }, ["dc.stars.example"] = { { type = "A", data = "127.0.0.1" } },
      }
    end
    shell.write(directory .. "/zone.json", zone_of { type = "TXT", data = ("dc.stars.example:%d"):format(server.port) })
    shell.write(directory .. "/none.json", zone_of { type = "MX", data = "10 a.example." })
    local delegated = cjson.decode(zone_of { type = "TXT", data = ("dc.stars.example:%d"):format(server.port) })
    delegated["_domainkey.mail.example.com"] = delegated["example.com"]
    shell.write(directory .. "/delegated.json", cjson.encode(delegated))
    shell.write(directory .. "/fault.json", zone_of { error = "servfail" })
  end)

  teardown(function()
    server:stop()
    shell.remove_directory(directory)
    shell.remove_directory(certificates)
  end)

  before_each(function()
    server:behave {
      ["*"] = { status = 404 }, ["/v2/example.com/settings"] = { body = cjson.encode {
        providerId = "host.example", providerName = "Host\27", urlSyncUX = "https://ux.stars.example", urlAPI = "https://dc.stars.example:"
          .. server.port, urlControlPanel = "https://host.example/%domain%",
      } }, ["/v2/domainTemplates/providers/mailer.example/services/kraiter"] = { body = "{}" },
    }
  end)

  local function run(...)
    local words = { ... }
    for i, word in ipairs(words) do words[i] = shell.quote((word:gsub("^@", directory .. "/"))) end
    return shell.run(("SSL_CERT_FILE=%s/ca.pem bin/mailseal domain-connect %s"):format(certificates, table.concat(words, " ")))
  end

  local US = { "--provider-id", "mailer.example" }

  local function template(...)
    return run("template", "kraiter", US[1], US[2], "--provider-name", "Mailer", ...)
  end

  it("writes a template", function()
    local result = template("--key-domain", "Keys.mailer.example", "--redirect-domain", "a.mailer.example", "--redirect-domain",
      "b.mailer.example", "--template-version", "7", "--no-ownership", "--ttl", "600", "--service-name", "Kraiter")
    assert.same({ 0, "" }, { result.status, result.err })
    local found = cjson.decode(result.out)
    assert.same({ "mailer.example", "kraiter", 7, "keys.mailer.example", "a.mailer.example,b.mailer.example", "Kraiter" }, {
      found.providerId, found.serviceId, found.version, found.syncPubKeyDomain, found.syncRedirectDomain, found.serviceName })
    assert.same({ "dkim1", 600 }, { found.records[1].groupId, found.records[1].ttl })
    shell.write(directory .. "/mailer.example.kraiter.json", result.out)
    assert.equal(0, shell.run("python3 spec/support/domain_connect_template.py " .. directory .. "/mailer.example.kraiter.json").status)
    -- and says what may be taken exception to
    result = run("template", "kartra", US[1], US[2], "--provider-name", "Mailer")
    assert.same({ 0, 3 }, { result.status, select(2, result.err:gsub("\n", "")) })
  end)

  it("says which template cannot be", function()
    assert.equal(64, template("--variant", "mars").status)
    assert.equal(64, run("template", "nobody", US[1], US[2], "--provider-name", "Mailer").status)
    assert.equal(64, run("template", "kraiter", "--provider-id", "a b", "--provider-name", "Mailer").status)
    assert.equal(64, template("--service-id", "a/b").status)
    assert.equal(64, template("--logo", "http://a.example/a.png").status)
    assert.equal(64, template("--key-domain", "not a domain").status)
  end)

  it("writes the records of a key", function()
    local result = run("keys", "--key", "@key.pem", "--name", "_dck1.keys.mailer.example")
    assert.matches('^_dck1%.keys%.mailer%.example%. 3600 IN TXT "p=1,a=RS256,t=x509,d=MII[%w+/]+"\n', result.out)
    local texts = {}
    for line in run("keys", "--key", "@key.pem", "--name", "_dck1.keys.mailer.example", "--json").out:gmatch "[^\n]+" do
      texts[#texts + 1] = cjson.decode(line).value
    end
    assert.equal(2048, assert(signing.read(texts)):bits())
    assert.equal(65, run("keys", "--key", "@ed25519.pem", "--name", "a.example").status)
    assert.equal(65, run("keys", "--key", "@none.pem", "--name", "a.example").status)
  end)

  it("says whether a domain's host takes part", function()
    local result = run("discover", "mail.example.com", "--zone", "@zone.json", "--allow-private")
    assert.same({ 0, "" }, { result.status, result.err })
    assert.equal("example.com: Host\\027 (host.example) takes part in Domain Connect\n  customers are led to: https://ux.stars.example\n"
      .. "  its own panel: https://host.example/example.com\n", result.out)
    local found = cjson.decode(run("discover", "mail.example.com", "--zone", "@zone.json", "--allow-private", "--json").out)
    assert.same({ "host.example", "mail" }, { found.provider_id, found.host })
    assert.equal(1, run("discover", "example.com", "--zone", "@none.json").status)
    found = run("discover", "example.com", "--zone", "@none.json", "--json")
    assert.same({ "not_supported", 1 }, { cjson.decode(found.out).error, found.status })
    assert.equal(69, run("discover", "example.com", "--zone", "@fault.json").status)
    -- on this machine nobody is asked unless he may be
    result = run("discover", "example.com", "--zone", "@zone.json")
    assert.same({ 1, "" }, { result.status, result.out })
  end)

  local function url(...)
    return run("url", "mail.example.com", "kraiter", US[1], US[2], "--zone", "@zone.json", "--allow-private", "--var", "region=eu-west-1",
      "--var", "tokens=a,b,c", ...)
  end

  it("writes the address that a customer is led to, signed", function()
    local result = url("--without", "dmarc", "--challenge", "xyz", "--redirect-uri", "https://app.mailer.example/", "--state", "s",
      "--key", "@key.pem", "--key-name", "_dck1")
    assert.same({ 0, "" }, { result.status, result.err })
    local values, signed = query.read(assert(result.out:match
      "^https://ux%.stars%.example/v2/domainTemplates/providers/mailer%.example/services/kraiter/apply%?(%S+)\n$"))
    assert.same({ "example.com", "mail", "xyz", "_dck1", "s" }, { values.domain, values.host, values.challenge, values.key, values.state })
    assert.equal("ownership,dkim1,dkim2,dkim3,mail_from_mx,mail_from_spf", values.groupId)
    assert.equal(values.sig, signing.sign(key, signed))
  end)

  it("leaves out what is in zones of others, and says so", function()
    local result = run("url", "mail.example.com", "kraiter", US[1], US[2], "--zone", "@delegated.json", "--allow-private", "--var",
      "region=eu-west-1", "--var", "tokens=a,b,c")
    assert.equal(0, result.status, result.err)
    assert.equal("mail_from_mx,mail_from_spf,dmarc", query.read(result.out:match "%?(%S+)").groupId)
    assert.matches("the record dkim1 is in another zone, and has to be set there\n", result.err, 1, true)
    assert.is_nil(result.err:find("mail_from_mx", 1, true))
  end)

  it("is a way of mailseal publish, with its key out of a file", function()
    local function mailseal(more)
      return shell.run(("cd %s && SSL_CERT_FILE=%s/ca.pem MAILSEAL_CONNECT_KEY=./key.pem MAILSEAL_DB=sqlite:%s/m.db %s"):format(
        shell.quote(directory), certificates, directory, more))
    end
    local program = shell.quote((shell.output "pwd"):match "^[^\n]+" .. "/bin/mailseal")
    local added = mailseal(program .. " domains add mail.example.com --provider kraiter --zone zone.json --var region=eu-west-1"
      .. " --var tokens=a,b,c")
    assert.equal("", added.err)
    local publish = program .. " publish mail.example.com --via domain-connect --zone zone.json --set provider_id=mailer.example"
    local result = mailseal(publish .. " --set key_name=_dck1")
    assert.equal(75, result.status, result.err)
    local values, signed = query.read(assert(result.out:match "\nhttps://ux%.stars%.example/%S+/kraiter/apply%?(%S+)\n"))
    assert.equal(values.sig, signing.sign(key, signed))
    assert.equal(64, mailseal(program .. " publish mail.example.com --via domain-connect --zone zone.json").status)
    assert.not_equal(0, mailseal(publish .. " --set key_name=_dck1 --undo").status)
  end)

  it("says what is in the way of it", function()
    assert.equal(64, url("--key", "@key.pem").status)
    assert.equal(64, url("--key", "@key.pem", "--key-name", "a.b").status)
    assert.equal(64, url("--redirect-uri", "http://app.mailer.example/").status)
    assert.equal(64, run("url", "mail.example.com", "kraiter", US[1], US[2], "--zone", "@zone.json", "--allow-private").status)
    local result = url("--service-id", "other")
    assert.same({ 1, "" }, { result.status, result.out })
    assert.matches("does not know the template other", result.err)
    server:behave { ["*"] = { status = 404 } }
    assert.equal(1, url().status)
  end)
end)
