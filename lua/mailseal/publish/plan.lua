--- What is to be changed in zones so that a domain's records are there: as little as possible, and nothing of others' unasked.
--
--     local plan = require("mailseal.publish.plan").make {
--       wanted = records, zones = { ["example.com"] = sets }, zone_of = { ["s1._domainkey.example.com"] = "example.com" },
--     }
--     for zone, changes in pairs(plan.changes) do target:apply(zone, changes) end
--
-- Nothing is asked for here: what is in the zones comes as record sets, as a target has read them. A plan is plain data, made of the same
-- always of the same, and holds what it was made of: with consents it is made anew.
-- @module mailseal.publish.plan
local cases = require "mailseal.publish.case"
local is_within = require "mailseal.dns.name".is_within
local judges = require "mailseal.publish.judges"
local parent = require "mailseal.dns.name".parent
local scenes = require "mailseal.publish.scene"

local M = {}

--- The names to be read before a plan can be made: those of the records; those between them and the zone, which may be delegated;
-- wildcards that answer for them; and where a DMARC record above would stand.
-- @tparam {table,...} records
-- @tparam string zone in which all of them are
-- @treturn {string,...} each once
function M.names(records, zone)
  local list, seen = {}, {}
  local function add(name)
    if not seen[name] then
      list[#list + 1], seen[name] = name, true
    end
  end
  for _, record in ipairs(records) do
    local at = cases.name(record.name)
    local is_dmarc = at:find "^_dmarc%."
    while at and is_within(at, zone) do
      add(at)
      at = parent(at)
      if at and is_within(at, zone) then
        add("*." .. at)
        if is_dmarc then
          add("_dmarc." .. at)
        end
      end
    end
  end
  return list
end

-- The steps that others have to agree to.
local function conflicts_of(steps)
  local list = {}
  for _, step in ipairs(steps) do
    if step.action == "conflict" then
      list[#list + 1] = step
    end
  end
  return list
end

local in_the_way = { conflict = true, leave = true }

-- What stood in the way of a record may be gone by what was done for one behind it.
local function judge_again(given, scene, steps)
  for _ = 1, #steps do
    local is_other = false
    for i, step in ipairs(steps) do
      local new = step.code and in_the_way[step.action] and judges.judge(cases.new(given, scene, given.wanted[i]))
      if new and not (in_the_way[new.action] and new.code == step.code) then
        steps[i], is_other = new, true
      end
    end
    if not is_other then
      return
    end
  end
end

--- Makes a plan.
-- @tparam table given plain data:
--
-- - `wanted`: records as `mailseal.provider.records` makes them; with `status` and `rotation` where they are known
-- - `left`: records that are not wanted any more, as `mailseal.onboard.key_records.left` has them
-- - `zones`: by zone, its sets at @{names}
-- - `zone_of`: by name of a record, the zone that it is in; of one in no zone that can be written to there is none
-- - `dmarc`: how the effective policy stands, of `mailseal.dmarc.discover`: `result`, `policy`, `record_domain`
-- - `spf`: by name of a domain that is included, or is to be, what that comes to: `lookups`
-- - `ttl`, `least_ttl`: of sets that are new, seconds
-- - `ours`: rows of `mailseal.publish.ledger`: what was published before
-- - `consents`: a list of what was agreed to, see `consent` below
-- @treturn table plain data:
--
-- - `steps`: in the order of the records, each with `record` (its id), `name`, `type`, `zone`; `action`: "add", "change", "remove",
--   "keep", "leave" (nothing is done about it, `text` says why) or "conflict"; `before` and `after`, values of that type at the name;
--   `others`, sets of other types there that go (`type`, `values`); `code` of a finding; `text`, a sentence; `consent`, of a conflict what
--   to agree to: "code@name"; `consented`, true where that was done; `ttl` of what is added
-- - `changes`: by zone, for a target's `apply`
-- - `conflicts`: the steps that are
-- - `given`: what it was made of
function M.make(given)
  if type(given) ~= "table" or type(given.wanted) ~= "table" or type(given.zones) ~= "table" or type(given.zone_of) ~= "table" then
    error("plan.make wants a table with wanted, zones and zone_of", 2)
  end
  local scene, steps = scenes.new(given.zones, given), {}
  for i, record in ipairs(given.wanted) do
    steps[i] = judges.judge(cases.new(given, scene, record))
  end
  judge_again(given, scene, steps)
  for _, record in ipairs(given.left or {}) do
    steps[#steps + 1] = judges.judge_left(cases.new(given, scene, record))
  end
  return { steps = steps, changes = scene:changes(), conflicts = conflicts_of(steps), given = given }
end

--- The plan with conflicts turned into changes.
-- @tparam table plan
-- @tparam {string,...} consents "code@name", beside those that it was made with
-- @treturn[1] table another plan, without conflicts
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `consent_needed`
-- @treturn[2] {string,...} what is not consented to; a conflict may only show when another is out of the way
function M.consented(plan, consents)
  local given = {}
  for name, value in pairs(plan.given) do
    given[name] = value
  end
  given.consents = {}
  for _, list in ipairs { plan.given.consents or {}, consents or {} } do
    for _, consent in ipairs(list) do
      table.insert(given.consents, consent)
    end
  end
  local new = M.make(given)
  local missing, seen = {}, {}
  for _, step in ipairs(new.conflicts) do
    if not seen[step.consent] then
      missing[#missing + 1], seen[step.consent] = step.consent, true
    end
  end
  if missing[1] then
    return nil, "this needs consent: " .. table.concat(missing, ", "), "consent_needed", missing
  end
  return new
end

return M
