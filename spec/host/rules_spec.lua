local catalogue = require "mailseal.rules.host.catalogue"
local host = require "mailseal.host"
local ids = require "mailseal.host.ids"
local sandbox = require "mailseal.rules.sandbox"
local schema = require "mailseal.rules.host"
local shell = require "spec.support.shell"

-- What is beside the rules in their directory.
local MODULES = { ids = true, init = true, objects = true }

local function rules()
  local list = {}
  for i, id in ipairs(ids) do
    list[i] = assert(host.find(id))
  end
  return list
end

-- A rule that is right, with other members.
local function rule(members)
  local made = {
    id = "mine", name = "Mine", source = { "the panel itself" }, checked_on = "2026-11-22", confidence = "confirmed",
    name_servers = { "*.mine.example" },
  }
  for name, value in pairs(members) do
    made[name] = value
  end
  return made
end

describe("the rules of DNS hosts", function()
  it("are a file each, and all of them are listed", function()
    local found = {}
    for name in shell.output("ls lua/mailseal/host"):gmatch "(%S+)%.lua" do
      if not MODULES[name] then
        found[#found + 1] = name
      end
    end
    table.sort(found)
    assert.same(ids, found)
    assert.equal(51, #found)
    assert.equal(51, #host.list())
    assert.same({ id = "alidns", name = "Alibaba DNS" }, host.list()[1])
  end)

  it("are plain data, as a user's own are, and hold to the schema", function()
    for _, id in ipairs(ids) do
      local read = assert(sandbox.file(("lua/mailseal/host/%s.lua"):format(id)))
      assert.same(host.find(id), read)
      assert.is_nil(schema.problem(read), id)
      assert.equal(id, read.id)
    end
  end)

  it("say for each fact how sure it is", function()
    assert.equal("confirmed", schema.confidence(host.find "godaddy", "name_form"))
    assert.equal("general-knowledge", schema.confidence(host.find "godaddy", "text"))
    assert.equal("third-party", schema.confidence(host.find "bluehost", "name_form"))
    assert.is_nil(schema.confidence(host.find "enom", "text"))
  end)

  it("warn when nobody has looked at their facts for a year, and fail nothing", function()
    local function stale(year)
      local result = shell.run(("$LUA spec/support/stale_rules.lua %d"):format(os.time { year = year, month = 11, day = 24, hour = 12 }))
      assert.same({ 0, "" }, { result.status, result.err })
      return result.out
    end
    assert.is_nil(stale(2026):find("host/godaddy.lua", 1, true))
    assert.matches("# lua/mailseal/host/godaddy.lua: its facts were looked at on 2026-11-22, over a year ago\n", stale(2027), 1, true)
  end)

  it("do not contradict each other: where two fit a name server, they say what holds", function()
    assert.is_nil(catalogue.contradiction(rules()))
  end)

  it("name no host that there is none of", function()
    for _, one in ipairs(rules()) do
      for _, list in ipairs { one.before or {}, one.ambiguous_with or {} } do
        for _, id in ipairs(list) do
          assert.is_table(host.find(id), one.id .. " names " .. id)
        end
      end
    end
  end)

  it("are found by their id", function()
    assert.equal("GoDaddy", host.find("godaddy").name)
    local found, message, code = host.find "nobody"
    assert.is_nil(found)
    assert.equal("no rule is known of a DNS host called nobody", message)
    assert.equal("no_host", code)
  end)
end)

describe("a contradiction between rules", function()
  local function of(a, b)
    return catalogue.contradiction { a, b }
  end

  it("is that their patterns have name servers in common, and neither says what then holds", function()
    local wide, narrow = rule { id = "wide" }, rule { id = "narrow", name_servers = { "ns#.a.mine.example" } }
    assert.equal("wide and narrow: the patterns *.mine.example and ns#.a.mine.example have name servers in common: say before in one, "
      .. "or ambiguous_with in both", of(wide, narrow))
    narrow.before = { "wide" }
    assert.is_nil(of(wide, narrow))
    wide.before = { "narrow" }
    assert.is_string(of(wide, narrow))
    wide.before, narrow.before, wide.ambiguous_with = nil, nil, { "narrow" }
    assert.is_string(of(wide, narrow))
    narrow.ambiguous_with = { "wide" }
    assert.is_nil(of(wide, narrow))
  end)

  it("is that a rule has one of its patterns twice", function()
    assert.matches("mine: the patterns %*%.mine%.example and ns#%.mine%.example fit the same name servers: one of them will do",
      catalogue.contradiction { rule { name_servers = { "*.mine.example", "ns#.mine.example" } } })
  end)
end)

describe("a rule that is none", function()
  it("is told by what is wrong with it", function()
    for words, members in pairs {
      ["name_servers[1]: the pattern leaves open whose domain it is"] = { name_servers = { "*mine.example" } },
      ["name_servers[1]: the pattern is a whole top-level domain"] = { name_servers = { "*.example" } },
      ["name_form is \"whole\", and must be one of prefix, full, either"] = { name_form = "whole" },
      ["less_sure.apex is about nothing that the rule has"] = { less_sure = { apex = "general-knowledge" } },
      ["less_sure.colour is about nothing that the rule has"] = { less_sure = { colour = "general-knowledge" } },
      ["text.form is missing"] = { text = { most = 255 } },
      ["ttl.least is -1, and must be a whole number from 0 to 2592000"] = { ttl = { least = -1 } },
      ["help is \"http://mine.example\", and must be an address that begins with https://"] = { help = "http://mine.example" },
      ["checked_on is \"soon\", and must be a day such as 2026-11-22"] = { checked_on = "soon" },
      ["pitfalls[1].types[1] is \"A\", and must be one of CNAME, TXT, MX, NS"] = { pitfalls = { { text = "a", types = { "A" } } } },
    } do
      assert.equal(words, schema.problem(rule(members)))
    end
    assert.matches("^labels%.value%.A is nothing that a rule has there", schema.problem(rule { labels = { value = { A = "x" } } }))
    local without = rule {}
    without.source = nil
    assert.equal("source is missing", schema.problem(without))
    assert.is_nil(schema.problem(rule { labels = { value = { CNAME = "Target" }, name = "Host" } }))
  end)
end)

describe("a user's own rules", function()
  local directory

  local function write(name, text)
    shell.write(("%s/%s.lua"):format(directory, name), text)
  end

  local function source(id, more)
    return ([[
-- A host of our own.
return {
  id = "%s", name = "Our own", name_servers = { "ns#.%s.example" }, name_form = "full", %s
  source = { "we run it" }, checked_on = "2026-11-22", confidence = "confirmed",
}
]]):format(id, id, more or "")
  end

  before_each(function() directory = shell.new_directory() end)

  after_each(function()
    host.forget_directories()
    shell.remove_directory(directory)
  end)

  it("are added to the others", function()
    write("ours", source "ours")
    assert.equal(1, host.load_directory(directory))
    assert.equal("ours", host.identify({ "ns1.ours.example" }).id)
    assert.equal("godaddy", host.identify({ "ns01.domaincontrol.com" }).id)
    assert.equal(52, #host.list())
  end)

  it("stand before those that come along, and replace those of their ids", function()
    write("ours", source("ours", 'apex = "zone",'):gsub('"ns#.ours.example"', '"ns77.domaincontrol.com"', 1))
    write("cloudflare", source "cloudflare")
    assert.equal(2, host.load_directory(directory))
    assert.equal("ours", host.identify({ "ns77.domaincontrol.com" }).id)
    assert.same({ "godaddy" }, host.identify({ "ns77.domaincontrol.com" }).alternatives)
    assert.equal("godaddy", host.identify({ "ns77.domaincontrol.com", "ns78.domaincontrol.com" }).id)
    assert.equal("Our own", host.find("cloudflare").name)
    assert.is_nil(host.identify({ "ada.ns.cloudflare.com" }).id)
    assert.equal(52, #host.list())
  end)

  it("are refused where one of them is wrong, and then none is added", function()
    write("a", source "a")
    write("b", source("b", 'name_form = "whole",'):gsub('name_form = "full", ', "", 1))
    local count, message, code = host.load_directory(directory)
    assert.is_nil(count)
    assert.equal(('%s/b.lua: name_form is "whole", and must be one of prefix, full, either'):format(directory), message)
    assert.equal("bad_rule", code)
    assert.equal(51, #host.list())
    write("b", source("b"):gsub("ns#.b.example", "*.a.example", 1))
    count, message, code = host.load_directory(directory)
    assert.is_nil(count)
    assert.matches("a and b: the patterns ns#.a.example and *.a.example have name servers in common", message, 1, true)
    assert.equal("bad_rule", code)
  end)

  it("of a second directory do not contradict those of the first, and take the place of those of the same id", function()
    write("a", source "a")
    assert.equal(1, host.load_directory(directory))
    local second = shell.new_directory()
    finally(function() shell.remove_directory(second) end)
    shell.write(second .. "/b.lua", (source("b"):gsub("ns#.b.example", "*.a.example", 1)))
    local count, message = host.load_directory(second)
    assert.is_nil(count)
    assert.matches("b and a: the patterns *.a.example and ns#.a.example have name servers in common", message, 1, true)
    assert.equal("a", host.identify({ "ns1.a.example" }).id)
    shell.write(second .. "/a.lua", (source("a"):gsub("ns#.a.example", "ns#.c.example", 1)))
    assert.equal(2, host.load_directory(second))
    assert.equal("b", host.identify({ "ns1.a.example" }).id)
    host.forget_directories()
    assert.equal(51, #host.list())
  end)

  it("run nothing", function()
    write("evil", 'return { id = "evil", name = os.getenv("HOME") }')
    assert.equal("bad_rule", select(3, host.load_directory(directory)))
    write("evil", "while true do end")
    assert.equal("bad_rule", select(3, host.load_directory(directory)))
  end)

  it("are to be in a directory that is there", function()
    assert.equal("not_found", select(3, host.load_directory(directory .. "/none")))
    assert.has_error(function() host.load_directory() end, "host.load_directory wants the path of a directory")
  end)
end)
