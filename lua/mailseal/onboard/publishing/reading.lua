--- What a plan is made of: the zones, as they stand where they are written, and all else that `mailseal.publish.plan` wants to know.
-- @module mailseal.onboard.publishing.reading
local effect = require "mailseal.onboard.publishing.effect"
local facts = require "mailseal.publish.facts"
local key_changes = require "mailseal.onboard.publishing.key_changes"
local key_records = require "mailseal.onboard.key_records"
local ledger = require "mailseal.publish.ledger"
local names = require "mailseal.dns.name"
local planning = require "mailseal.publish.plan"

local M = {}

-- ---- which zones

-- The zone of each record, by name. Returns nil, a message, a code and details where the target does not tell.
local function find_zones(target, records, only)
  local of, failure = {}, nil
  for _, one in ipairs(records) do
    if of[one.name] == nil then
      -- A delegation stands in the zone above the one that it makes.
      local zone, message, code, details = target:zone_of(one.type == "NS" and names.parent(one.name) or one.name)
      if not zone and code ~= "no_zone" then return nil, message, code, details end
      failure = failure or not zone and { message, code, details }
      of[one.name] = zone or false
    end
  end
  local zone_of, is_any = {}, false
  for name, zone in pairs(of) do
    if zone and (not only or zone == only) then zone_of[name], is_any = zone, true end
  end
  if not is_any and only then return nil, "none of the domain's records goes into the zone " .. only, "other_zone" end
  if not is_any then return nil, failure and failure[1] or "the domain has no records", failure and failure[2] or "no_zone" end
  return zone_of
end

local function add_names(list, seen, more)
  for _, name in ipairs(more) do
    if not seen[name] then list[#list + 1], seen[name] = name, true end
  end
end

-- The names to read, by zone: those of records, of what is ours, of what was begun and not ended, and the zone itself.
local function names_to_read(records, zone_of, rows, open)
  local by_zone, seen = {}, {}
  local function add(zone, more)
    by_zone[zone], seen[zone] = by_zone[zone] or {}, seen[zone] or {}
    add_names(by_zone[zone], seen[zone], more)
  end
  for _, one in ipairs(records) do
    local zone = zone_of[one.name]
    if zone then add(zone, planning.names({ one }, zone)) end
  end
  for zone in pairs(by_zone) do add(zone, { zone }) end
  for _, row in ipairs(rows) do
    if by_zone[row.zone] then add(row.zone, { row.name }) end
  end
  for _, one in ipairs(open) do
    for zone, changes in pairs(one.changes) do
      if by_zone[zone] then add(zone, effect.names(changes)) end
    end
  end
  return by_zone
end

local function read_all(target, by_zone)
  local zones = {}
  for zone, list in pairs(by_zone) do
    local found, message, code, details = target:read(zone, list)
    if not found then return nil, message, code, details end
    zones[zone] = found
  end
  return zones
end

-- ---- what is ours

-- What publications that were cut short have done, as far as the zones that were read tell.
local function done_by(open, via, zones)
  local done = {}
  for _, one in ipairs(open) do
    for zone, changes in pairs(one.via == via and one.changes or {}) do
      for _, made in ipairs(zones[zone] and effect.done(changes, zones[zone]) or {}) do
        done[zone] = done[zone] or {}
        table.insert(done[zone], made)
      end
    end
  end
  return done
end

-- The records of our own keys are ours, whoever has entered them.
local function keys_as_rows(keys, domain, zone_of, zones)
  local rows = {}
  for _, key in ipairs(keys) do
    local name = key_records.name(key.selector, domain)
    local zone = zone_of[name]
    local added = {}
    for _, set in ipairs(zone and not key.target and zones[zone] or {}) do
      if set.name == name and set.type == "TXT" then added = key_changes.own(set, key) end
    end
    if added[1] then rows[#rows + 1] = { zone = zone, name = name, type = "TXT", added = added, taken = {} } end
  end
  return rows
end

-- Rows of both, each place once.
local function united(rows, more)
  local at = {}
  for _, row in ipairs(rows) do at[row.zone .. " " .. row.name .. " " .. row.type] = row end
  for _, row in ipairs(more) do
    local known = at[row.zone .. " " .. row.name .. " " .. row.type]
    for _, value in ipairs(known and row.added or {}) do known.added[#known.added + 1] = value end
    if not known then rows[#rows + 1] = row end
  end
  return rows
end

local function all_rows(ours)
  local list = {}
  for _, rows in pairs(ours) do
    for _, row in ipairs(rows) do list[#list + 1] = row end
  end
  return list
end

-- ---- what DNS knows

-- Puts in what DNS tells of DMARC and SPF, where it can be asked.
local function add_facts(given, resolver, domain)
  local told = resolver and facts.look(given, { domain = domain, resolver = resolver }) or {}
  given.dmarc, given.spf = told.dmarc, told.spf
  return given
end

--- Reads what a plan is made of. It waits for the DNS host, and for DNS.
-- @tparam table target see `mailseal.publish.target`
-- @tparam table registry
-- @tparam table wanted `domain`, as it is stored; `known`, of `mailseal.onboard.publishing.steps.load`; `way`, of
--   `mailseal.onboard.publishing.access`; `zone`: only that one; `ttl`
-- @treturn[1] table for `mailseal.publish.plan.make`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `other_zone`; a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function M.read(target, registry, wanted)
  local known, domain = wanted.known, wanted.domain
  local left = key_records.left(known.keys, domain)
  local records = {}
  for _, list in ipairs { known.records, left } do
    for _, one in ipairs(list) do records[#records + 1] = one end
  end
  local only = wanted.zone and names.canonical(wanted.zone)
  local zone_of, message, code, details = find_zones(target, records, only)
  if not zone_of then return nil, message, code, details end
  local rows = all_rows(known.ours)
  local zones
  zones, message, code, details = read_all(target, names_to_read(records, zone_of, rows, known.open))
  if not zones then return nil, message, code, details end
  rows = ledger.add(rows, done_by(known.open, wanted.way.via, zones))
  return add_facts({
    wanted = known.records, left = left, zones = zones, zone_of = zone_of, ttl = wanted.ttl, least_ttl = wanted.way.module.least_ttl,
    ours = united(rows, keys_as_rows(known.keys, domain, zone_of, zones)),
  }, registry:resolver(), domain)
end

--- Reads what stands at the places of what was published in one way.
-- @tparam table target
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @tparam string via
-- @tparam table options `zone`: that one alone; `others`: records of other domains that are to be judged as well, as of
--   `mailseal.onboard.publishing.relying.load`
-- @treturn[1] table by zone, its sets
-- @treturn[1] table by zone, the changes that publications have made which were cut short
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function M.rows(target, known, via, options)
  local by_zone, seen = {}, {}
  local only = options.zone and names.canonical(options.zone)
  local function add(zone, list)
    if not only or zone == only then
      by_zone[zone], seen[zone] = by_zone[zone] or {}, seen[zone] or {}
      add_names(by_zone[zone], seen[zone], list)
    end
  end
  for _, row in ipairs(known.ours[via] or {}) do add(row.zone, { row.name }) end
  for _, one in ipairs(known.open) do
    for zone, changes in pairs(one.via == via and one.changes or {}) do add(zone, effect.names(changes)) end
  end
  for _, one in ipairs(options.others) do add(one.zone, planning.names({ one.record }, one.zone)) end
  local zones, message, code, details = read_all(target, by_zone)
  if not zones then return nil, message, code, details end
  return zones, done_by(known.open, via, zones)
end

return M
