-- A glance never says that a record is there where a check says that it is not: in all situations that there are.
local check = require "mailseal.check"
local glance = require "mailseal.check.glance"
local resolver = require "mailseal.dns.resolver"
local situation = require "spec.support.situation"
local zone = require "mailseal.dns.zone"

-- The expectations of a situation, those of its selectors among them.
local function expectations_of(options)
  local list, named = {}, {}
  for _, expect in ipairs(options.expect or {}) do
    list[#list + 1] = expect
    named[expect.name or expect.selector or ""] = true
  end
  for _, selector in ipairs(options.selectors or {}) do
    if not named[selector] and not selector:find("_domainkey", 1, true) then
      list[#list + 1] = { id = selector, match = "dkim_key", selector = selector, key = options.key }
    end
  end
  return list
end

local function ask(loaded)
  local transport = type(loaded.zone) == "string" and assert(zone.read(loaded.zone)) or assert(zone.new(loaded.zone))
  return resolver.new(transport, { now = function() return situation.NOW end })
end

-- Those situations that are about expected records.
local function with_expectations()
  local list = {}
  for _, name in ipairs(situation.names()) do
    local loaded = situation.load(name)
    local expect = loaded.check and not loaded.message and not loaded.before and expectations_of(loaded.check) or {}
    if expect[1] then
      list[#list + 1] = { name = name, loaded = loaded, expect = expect }
    end
  end
  return list
end

describe("a glance", function()
  local all = with_expectations()

  it("finds nothing that a check does not find, and the same", function()
    local seen = { found = 0, open = 0 }
    for _, one in ipairs(all) do
      local options = { resolver = ask(one.loaded), expect = one.expect, name_servers = false, now = situation.NOW }
      local report = assert(check.domain(one.loaded.check.domain, options))
      local told = {}
      for _, entry in ipairs(report.records) do told[entry.id] = entry end
      for _, expect in ipairs(one.expect) do
        local list, are_found = assert(glance.look(report.domain, { expect }, { resolver = ask(one.loaded), now = situation.NOW }))
        local entry = told[list[1].id]
        assert.equal(1, #list)
        assert.equal(list[1].status == "found", are_found)
        if are_found and entry.findings[1] ~= "cname_and_other" then
          assert.equal("found", entry.status, one.name .. " " .. entry.id)
          assert.equal(entry.found, list[1].found, one.name .. " " .. entry.id)
        end
        seen[are_found and "found" or "open"] = seen[are_found and "found" or "open"] + 1
      end
    end
    assert.is_true(seen.found >= 20 and seen.open >= 100, seen.found .. " found, " .. seen.open .. " open")
  end)

  it("finds what a check finds, but what it cannot tell", function()
    local untold = {}
    for _, one in ipairs(all) do
      local options = { resolver = ask(one.loaded), expect = one.expect, name_servers = false, now = situation.NOW }
      for i, entry in ipairs(assert(check.domain(one.loaded.check.domain, options)).records) do
        local expect = one.expect[i]
        if entry.status == "found" and expect and (expect.id or expect.name) == entry.id then
          local _, are_found = glance.look(one.loaded.check.domain, { expect }, { resolver = ask(one.loaded), now = situation.NOW })
          if not are_found then untold[#untold + 1] = one.name end
        end
      end
    end
    assert.is_true(#untold <= 8, table.concat(untold, ", "))
  end)

  it("stops at the first that is not there", function()
    local asked = resolver.new(assert(zone.new {
      ["example.com"] = { { type = "SOA", data = "ns. h. 1 2 3 4 300" } }, ["a.example.com"] = { { type = "TXT", data = "a" } },
      ["c.example.com"] = { { type = "TXT", data = "c" } },
    }))
    local expect = {}
    for i, letter in ipairs { "a", "b", "c" } do expect[i] = { match = "exact", name = letter .. ".example.com", value = letter } end
    local list, are_found = assert(glance.look("example.com", expect, { resolver = asked, now = situation.NOW }))
    assert.is_false(are_found)
    assert.equal(2, #list)
    assert.same({ "found", "open" }, { list[1].status, list[2].status })
  end)

  it("refuses a name that is none", function()
    local list, message, code = glance.look("example.com", { { match = "exact", name = ("a"):rep(64) .. ".example.com", value = "x" } }, {
      resolver = ask { zone = {} }, now = situation.NOW,
    })
    assert.is_nil(list)
    assert.is_string(message)
    assert.equal("bad_name", code)
  end)
end)
