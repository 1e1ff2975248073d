--- `mailseal domains`: what holds for all of its actions.
local shell = require "spec.support.shell"
local stages = require "spec.support.registry_stage"

local DOMAIN = "mail.example.com"

describe("mailseal domains", function()
  local stage

  before_each(function()
    stage = stages.new()
  end)

  after_each(function()
    stage:remove()
  end)

  it("says of another tenant's domain that there is none, whatever is to be done with it", function()
    stage:add(DOMAIN)
    for action, more in pairs {
      show = {}, records = {}, verify = {}, restart = {}, enable = {}, disable = {}, remove = {}, hold = { "m1" }, held = {},
      use = { "x" }, release = { "x" }, report = { "--bounced", "1" },
      health = {}, export = {}, host = {}, keys = {}, rotate = {}, revoke = { "s1" },
    } do
      local arguments = { action, DOMAIN, "--tenant", "other" }
      for _, word in ipairs(more) do
        arguments[#arguments + 1] = word
      end
      local result = stage:domains(arguments)
      local words = "mailseal domains: there is no such domain (`mailseal domains list` tells those that the tenant has)\n"
      assert.same({ action, 1, "", words }, { action, result.status, result.out, result.err })
    end
  end)

  it("finds its database by the environment", function()
    stage:add(DOMAIN)
    local line = "MAILSEAL_DB=%s MAILSEAL_TENANT=%s bin/mailseal domains list"
    local url = shell.quote("sqlite:" .. stage.path)
    assert.matches("mail.example.com", shell.run(line:format(url, "default")).out, 1, true)
    assert.equal("", shell.run(line:format(url, "other")).out)
    assert.equal("", shell.run(line:format(url, "other") .. " --json").err)
  end)

  it("says in one line what is wrong with the database, by the status that it has", function()
    local text = stage.directory .. "/text"
    shell.write(text, ("no database\n"):rep(1000))
    for url, status in pairs {
      ["sqlite:" .. text] = 65, ["oracle:x"] = 64, ["postgresql://nobody@127.0.0.1:1/none"] = 69,
      ["sqlite:" .. stage.directory .. "/none/at/all.db"] = 69,
    } do
      local result = shell.mailseal { "domains", "list", "--db", url }
      assert.matches("^mailseal domains: [^\n]+\n$", result.err)
      assert.same({ url, status, "" }, { url, result.status, result.out })
    end
  end)

  it("makes no database where there is none, unless a domain is added to it", function()
    for _, action in ipairs { { "list" }, { "show", DOMAIN }, { "released" }, { "events" } } do
      local result = stage:domains(action)
      assert.same({ 69, "" }, { result.status, result.out })
      assert.matches("mailseal domains: there is no database " .. stage.path .. ": `mailseal domains add` makes it", result.err, 1, true)
      assert.matches("^[^\n]+\n$", result.err)
    end
    assert.equal(69, stage:worker().status)
    assert.is_nil(io.open(stage.path))
    stage:add(DOMAIN)
    assert.equal(0, stage:domains("list").status)
  end)

  it("refuses wrong usage in one line", function()
    for _, arguments in ipairs {
      {}, { "frob" }, { "show" }, { "list", "--status", "bad" }, { "list", "--limit", "0" }, { "list", "--tenant", "two words" },
      { "export", DOMAIN, "--format", "xml" }, { "hold", DOMAIN }, { "report", DOMAIN, "--bounced", "-1" },
      { "report", DOMAIN }, { "export", DOMAIN, "--asked-by", "Acme" }, { "export", DOMAIN, "--terraform-provider", "azure" },
    } do
      local result = stage:domains(arguments)
      assert.matches("^mailseal domains: [^\n]+\n$", result.err)
      assert.same({ 64, "" }, { result.status, result.out })
    end
  end)

  it("lets nothing of a name, a record or the log reach a terminal as it is", function()
    local domain = stage:add(DOMAIN)
    local evil = "\27[2J\226\128\174\194\155"
    stage:publish(domain.records, function(zone)
      zone["_dmarc.mail.example.com"] = { { type = "TXT", data = "v=DMARC1; p=none; x=\\027[2J\\226\\128\\174" } }
      zone["abc._domainkey.mail.example.com"] = { { type = "TXT", data = "\\027[2J\\226\\128\\174" } }
    end)
    local printed = stage:domains("verify", DOMAIN).out .. stage:domains("disable", DOMAIN, "--reason", evil).out
      .. stage:domains("use", DOMAIN, evil).out .. stage:domains("remove", DOMAIN).err .. stage:domains("hold", DOMAIN, evil).out
      .. stage:domains("held", DOMAIN).out .. stage:domains("show", DOMAIN).out .. stage:domains("events").out
      .. stage:domains("show", evil).err .. stage:domains("verify", DOMAIN, "--json").out
    assert.is_true(#printed > 500)
    assert.is_nil(printed:find("[%z\1-\9\11-\31\127]"))
    assert.is_nil(printed:find("\226\128\174", 1, true))
    assert.is_nil(printed:find("\194\155", 1, true))
  end)

  it("helps, for each action", function()
    for _, action in ipairs { "add", "list", "export", "events", "revoke", "report" } do
      local result = shell.mailseal { "domains", action, "--help" }
      assert.matches("^Usage: mailseal domains " .. action, result.out)
      assert.equal(0, result.status)
    end
  end)

  it("takes rules of providers of one's own", function()
    local rules = stage.directory .. "/rules"
    shell.run("mkdir " .. shell.quote(rules))
    local rule = shell.read("lua/mailseal/provider/postmark.lua"):gsub('id = "postmark"', 'id = "ours"'):gsub("\n  aliases = [^\n]*", "")
    shell.write(rules .. "/ours.lua", rule)
    local missing = stage:domains("add", DOMAIN, "--provider", "ours", "--rules", rules)
    assert.equal(64, missing.status)
    assert.matches("^mailseal domains: Postmark needs ", missing.err)
    local unknown = stage:domains("add", DOMAIN, "--provider", "ours")
    assert.same({ 64, "" }, { unknown.status, unknown.out })
    assert.not_equal(missing.err, unknown.err)
  end)
end)
