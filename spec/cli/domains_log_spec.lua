--- `mailseal domains export` and `events`.
local handover = require "spec.support.handover"
local stages = require "spec.support.registry_stage"

local unpack = table.unpack or unpack -- luacheck: ignore

local DOMAIN = "mail.example.com"

describe("mailseal domains export", function()
  local stage

  before_each(function()
    stage = stages.new()
  end)

  after_each(function()
    stage:remove()
  end)

  it("writes a zone fragment that is the domain's records", function()
    local domain = stage:add(DOMAIN)
    local result = stage:domains("export", DOMAIN)
    assert.same({ 0, "" }, { result.status, result.err })
    assert.same(handover.wanted(domain.records), handover.lines(handover.read("zone", result.out)))
  end)

  it("is for one zone, which can be named", function()
    stage:add(DOMAIN)
    assert.equal(stage:domains("export", DOMAIN).out, stage:domains("export", DOMAIN, "--of-zone", "example.com").out)
    local result = stage:domains("export", DOMAIN, "--of-zone", "example.net")
    assert.same({ 64, "" }, { result.status, result.out })
    assert.matches("example.com", result.err, 1, true)
  end)

  it("writes each other format", function()
    local domain = stage:add(DOMAIN)
    local wanted = handover.wanted(domain.records)
    local readers = { csv = "csv", terraform = "terraform route53", dnscontrol = "dnscontrol", octodns = "octodns example.com" }
    for format, reader in pairs(readers) do
      local more = format == "terraform" and { "--terraform-provider", "route53" } or {}
      local result = stage:domains("export", DOMAIN, "--format", format, "--ttl", "300", unpack(more))
      assert.same({ 0, "" }, { result.status, result.err })
      assert.same(wanted, handover.lines(handover.read(reader, result.out)))
      assert.matches("300", result.out, 1, true)
    end
  end)

  it("writes letters that say by when, and whom to answer", function()
    stage:add(DOMAIN)
    for _, format in ipairs { "letter", "html" } do
      local result = stage:domains("export", DOMAIN, "--format", format, "--asked-by", "Acme Mail", "--answer-to", "dns@acme.example")
      assert.same({ 0, "" }, { result.status, result.err })
      local text = result.out:gsub("%s+", " ")
      assert.matches("Acme Mail would like to send mail as mail.example.com.", text, 1, true)
      assert.matches("dns@acme.example", text, 1, true)
      assert.matches("Please add them before %d+ %u%l+ %d+, %d%d:%d%d UTC", text)
    end
  end)

  it("is one string of one object with --json", function()
    stage:add(DOMAIN)
    local plain = stage:domains("export", DOMAIN, "--format", "octodns").out
    local list = stage:json("export", DOMAIN, "--format", "octodns")
    assert.same({ { domain = DOMAIN, format = "octodns", text = plain } }, list)
  end)
end)

describe("mailseal domains events", function()
  it("tells all that has happened in order, and goes on after an id", function()
    local stage = stages.new()
    finally(function() stage:remove() end)
    stage:verified(DOMAIN)
    stage:add "other.example.com"
    local list, status = stage:json "events"
    assert.equal(0, status)
    assert.same({ "created", DOMAIN }, { list[1].kind, list[1].domain })
    for i, event in ipairs(list) do
      assert.equal(i, event.id)
    end
    local kinds = {}
    for _, event in ipairs(list) do
      kinds[event.kind] = true
    end
    assert.is_true(kinds.verified)
    local rest = stage:json("events", "--after", ("%d"):format(#list - 1))
    assert.same({ 1, "other.example.com" }, { #rest, rest[1].domain })
    local own = stage:json("events", DOMAIN, "--limit", "1")
    assert.same({ 1, 1 }, { #own, own[1].id })
    assert.matches("^ +1  %d+%-%d+%-%d+ %d+:%d+:%d+ UTC  mail%.example%.com  created", stage:domains("events").out)
    assert.equal(0, stage:domains("events", "--tenant", "other").status)
    assert.equal("", stage:domains("events", "--tenant", "other").out)
  end)
end)
