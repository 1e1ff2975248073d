--- `mailseal domains keys|rotate|revoke`.
local cjson = require "cjson"
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

  -- A domain of one's own server, for which mailseal has the key.
  local function own(domain)
    local result = stage:domains("add", domain, "--provider", "own", "--json")
    assert.equal(75, result.status, result.err)
    return cjson.decode(result.out)
  end

  it("makes a master key beside the database when a private key is to be made, and not before", function()
    local path = stage.directory .. "/master.key"
    stage:add "other.example.com"
    stage:domains("list")
    stage:worker()
    assert.is_false(shell.exists(path))
    own(DOMAIN)
    assert.equal("600\n", shell.run("stat -c %a " .. shell.quote(path)).out)
  end)

  it("refuses a master key that is another one, is gone or is not the caller's alone, and says which file", function()
    own(DOMAIN)
    local path = stage.directory .. "/master.key"
    local function refused()
      local result = stage:domains("rotate", DOMAIN, "--master-key", path)
      assert.matches("^mailseal domains: [^\n]*master%.key[^\n]*\n$", result.err)
      assert.same({ 65, "" }, { result.status, result.out })
    end
    shell.run("chmod 640 " .. shell.quote(path))
    refused()
    shell.run("chmod 600 " .. shell.quote(path))
    shell.write(path, ("x"):rep(#shell.read(path)))
    refused()
    os.remove(path)
    refused()
    assert.is_false(shell.exists(path))
  end)

  it("lists, rotates and revokes, and shows no private key", function()
    stage:publish(own(DOMAIN).records)
    assert.equal("verified", stage:json("verify", DOMAIN)[1].status)
    local keys = stage:json("keys", DOMAIN)
    assert.equal(1, #keys)
    assert.equal("active", keys[1].key.state)
    local made = stage:json("rotate", DOMAIN)
    assert.not_equal(keys[1].key.selector, made[1].key.selector)
    assert.equal(2, #stage:json("keys", DOMAIN))
    local signing = stage:domains("revoke", DOMAIN, keys[1].key.selector)
    assert.same({ 1, "" }, { signing.status, signing.out })
    assert.equal(0, stage:domains("revoke", DOMAIN, keys[1].key.selector, "--force").status)
    local printed = stage:domains("keys", DOMAIN).out .. stage:domains("events", "--json").out
      .. stage:domains("show", DOMAIN, "--json").out
    assert.matches(made[1].key.selector, printed, 1, true)
    assert.is_nil(printed:find "PRIVATE")
    assert.is_nil(printed:find "sealed")
  end)

  it("has none of a domain whose keys are the provider's", function()
    stage:verified(DOMAIN)
    local none = stage:domains("keys", DOMAIN)
    assert.same({ 0, "mail.example.com: no keys are kept here, for its mail is signed by its provider\n" }, { none.status, none.out })
    assert.equal("", stage:domains("keys", DOMAIN, "--json").out)
    local result = stage:domains("rotate", DOMAIN)
    assert.same({ 1, "" }, { result.status, result.out })
  end)
end)
