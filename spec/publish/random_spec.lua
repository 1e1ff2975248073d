-- What holds of all plans, whatever the zone: held of many zones that are made up, right ones and wrong ones.
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"
local ledger = require "mailseal.publish.ledger"
local meaning = require "mailseal.publish.meaning"
local planned = require "spec.support.planned"
local plans = require "mailseal.publish.plan"
local random_zone = require "spec.support.random_zone"
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.record.spf"

local SEEDS = 120
local ZONE = planned.ZONE

-- A zone as DNS shows it.
local function resolver_of(zone)
  local records = {}
  for _, set in ipairs(zone) do
    records[set.name] = records[set.name] or {}
    for _, value in ipairs(set.values) do
      local data = set.type == "TXT" and { (sets.joined(value):gsub("\\", "\\%0")) } or value
      table.insert(records[set.name], { type = set.type, data = data, ttl = 60 })
    end
  end
  return dns.resolver { zone = records }
end

local function given_of(records, zone)
  local given = { wanted = records, zones = { [ZONE] = zone }, zone_of = {} }
  local found = dmarc.discover("mail.example.com", { resolver = resolver_of(zone) })
  given.dmarc = { result = found.result, policy = found.policy, record_domain = found.record_domain }
  for _, record in ipairs(records) do given.zone_of[record.name] = ZONE end
  return given
end

-- The plan with all that somebody could agree to, one conflict after the other.
local function agreed(plan)
  local consents = {}
  for _ = 1, 20 do
    local all, _, _, missing = plans.consented(plan, consents)
    if all then return all, consents end
    for _, consent in ipairs(missing) do consents[#consents + 1] = consent end
  end
  error "there is no end of conflicts"
end

local function by_key(zone)
  local found = {}
  for _, set in ipairs(zone) do found[set.name .. " " .. set.type] = set end
  return found
end

-- For each zone: what it was, what was wanted, the plan, and what became of the zone.
local function each(check, with_consent)
  for seed = 1, SEEDS do
    local random = random_zone.numbers(seed)
    local zone, records = random_zone.zone(random), random_zone.records(random)
    local plan, consents = plans.make(given_of(records, zone)), {}
    if with_consent then plan, consents = agreed(plan) end
    local ok, message = pcall(check, {
      zone = zone, records = records, plan = plan, consents = consents, random = random, after = planned.apply(zone, plan.changes),
    })
    if not ok then error(("seed %d: %s"):format(seed, type(message) == "table" and tostring(message.message or message) or message), 0) end
  end
end

-- The same without and with consent.
local function always(title, check)
  it(title, function()
    each(check, false)
    each(check, true)
  end)
end

local function count_of(set, is)
  local count = 0
  for _, value in ipairs(set and set.values or {}) do count = count + (is(sets.joined(value) or "") and 1 or 0) end
  return count
end

local function is_dmarc(text) return text:find "^v=DMARC1" ~= nil end

local STRICTNESS = { none = 1, quarantine = 2, reject = 3 }

-- What receivers do about mail of a domain, as they find it.
local function strictness(resolver, domain)
  local found = dmarc.discover(domain, { resolver = resolver })
  return found.result == "found" and STRICTNESS[found.policy] or 0
end

-- Did somebody agree to it?
local function agreed_to_hide(one)
  for _, consent in ipairs(one.consents) do
    if consent:find "^record_hides_wildcard@" then return true end
  end
  return false
end

describe("any plan", function()
  always("has nothing more to do once it is applied", function(one)
    local again = plans.make(given_of(one.records, one.after))
    assert.same({}, again.changes)
    if one.consents[1] then assert.same({}, again.conflicts) end
    assert.same(#one.plan.conflicts, #again.conflicts)
  end)

  always("is taken back to the octet", function(one)
    local undo = ledger.undo(ledger.add({}, one.plan.changes), { [ZONE] = one.after })
    assert.same(one.zone, planned.apply(one.after, undo.changes))
  end)

  always("is taken back in one, though it was published step by step", function(one)
    local first = plans.make(given_of({ one.records[1], one.records[2] }, one.zone))
    local zone, rows = planned.apply(one.zone, first.changes), ledger.add({}, first.changes)
    local second = plans.make(given_of(one.records, zone))
    if one.consents[1] then second = agreed(second) end
    zone, rows = planned.apply(zone, second.changes), ledger.add(rows, second.changes)
    assert.same(one.zone, planned.apply(zone, ledger.undo(rows, { [ZONE] = zone }).changes))
  end)

  always("leaves CNAMEs alone at their names", function(one)
    for _, set in ipairs(one.after) do
      for _, other in ipairs(set.type == "CNAME" and one.after or {}) do
        assert.is_true(other == set or other.name ~= set.name, set.name)
      end
      assert.is_true(set.type ~= "CNAME" or #set.values == 1)
    end
  end)

  always("makes no second SPF record, and no second DMARC record", function(one)
    local before = by_key(one.zone)
    for key, set in pairs(by_key(one.after)) do
      for _, is in ipairs { spf.is_one, is_dmarc } do
        local count = count_of(set, is)
        assert.is_true(count <= 1 or count == count_of(before[key], is), key)
      end
    end
  end)

  always("keeps the order and the all of an SPF record that can be read", function(one)
    local after = by_key(one.after)
    for key, set in pairs(by_key(one.zone)) do
      local text
      for _, value in ipairs(set.type == "TXT" and count_of(set, spf.is_one) == 1 and set.values or {}) do
        text = spf.is_one(sets.joined(value)) and sets.joined(value) or text
      end
      local parsed, new = text and spf.parse(text), nil
      for _, value in ipairs(parsed and after[key] and after[key].values or {}) do
        new = spf.is_one(sets.joined(value)) and spf.parse(sets.joined(value)) or new
      end
      if new then
        local at = 1
        for _, term in ipairs(parsed.terms) do
          if term.name ~= "include" or not term.text:find "esp%.example" and not term.text:find "old%.example" then
            while new.terms[at] and new.terms[at].text ~= term.text do at = at + 1 end
            assert.is_table(new.terms[at], key .. ": " .. term.text)
          end
        end
        assert.equal(parsed.all, new.all)
      end
    end
  end)

  always("weakens no DMARC policy", function(one)
    local before, after = resolver_of(one.zone), resolver_of(one.after)
    for _, domain in ipairs(agreed_to_hide(one) and {} or { "example.com", "mail.example.com", "x.mail.example.com" }) do
      assert.is_true(strictness(after, domain) >= strictness(before, domain), domain)
    end
  end)

  it("takes nothing of others' away unasked, but for what is the same in other words", function()
    local slips = { record_migrating = true, record_altered = true, cname_target_doubled = true }
    each(function(one)
      local codes, after = {}, by_key(one.after)
      for _, step in ipairs(one.plan.steps) do
        if step.code and slips[step.code] then codes[step.name .. " " .. step.type] = true end
      end
      for key, set in pairs(by_key(one.zone)) do
        assert.is_true(after[key] ~= nil, key)
        assert.equal(set.ttl, after[key].ttl)
        for _, value in ipairs(meaning.without(set.type, set.values, after[key].values)) do
          assert.is_true(codes[key] or spf.is_one(sets.joined(value)) and count_of(after[key], spf.is_one) == 1, key .. " " .. value)
        end
        for _, value in ipairs(after[key].values) do -- what is kept is kept to the octet
          local is_known, is_same = meaning.place(set.type, set.values, value), false
          for _, former in ipairs(set.values) do is_same = is_same or former == value end
          assert.is_true(is_same or not is_known, key .. " " .. value)
        end
      end
    end)
  end)

  it("leaves with its undoing what others have done since, and nothing of ours", function()
    each(function(one)
      local rows = ledger.add({}, one.plan.changes)
      if not one.after[1] then return end
      local now = random_zone.changed(one.random, one.after)
      local undo = ledger.undo(rows, { [ZONE] = now })
      local zone, ours = by_key(planned.apply(now, undo.changes)), {}
      for _, row in ipairs(rows) do
        for _, value in ipairs(row.added) do ours[row.name .. row.type .. meaning.of(row.type, value)] = true end
      end
      for _, set in ipairs(now) do
        local key = set.name .. " " .. set.type
        for _, value in ipairs(set.values) do
          local is_ours = ours[set.name .. set.type .. meaning.of(set.type, value)]
          local is_there = zone[key] and meaning.place(set.type, zone[key].values, value) ~= nil or false
          if not (set.type == "TXT" and spf.is_one(sets.joined(value))) then assert.equal(not is_ours, is_there, key .. " " .. value) end
        end
      end
      for key, set in pairs(zone) do
        assert.is_true(set.type ~= "CNAME" or #set.values == 1, key)
        for _, value in ipairs(set.values) do
          assert.is_nil(value:find("198.51.100.7 include:esp.example", 1, true) and ours[set.name .. set.type .. value], key)
        end
      end
    end, true)
  end)
end)
