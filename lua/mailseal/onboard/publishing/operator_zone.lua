--- Operators' zones, to which CNAMEs of customers' domains lead (`cname_zone` of the provider `own`), are kept as the keys of all domains
-- want them: by the worker, or at once.
--
-- Which names are to be looked at is in the table zone_names: whatever changes a key has its name looked at soon, and each is looked at
-- now and then as well. What is to stand at a name say the keys, at that moment; what stands there is read before anything is written. So
-- it does not matter where a process dies, who goes on, or what somebody has done by hand. One process at a time writes to a zone.
-- @module mailseal.onboard.publishing.operator_zone
local access = require "mailseal.onboard.publishing.operator_access"
local async = require "mailseal.async"
local letters = require "mailseal.onboard.letters"
local operator_changes = require "mailseal.onboard.publishing.operator_changes"
local sets = require "mailseal.publish.sets"

local M = {}

-- Names that are read, and changed, at a time: a key and what it rests on are a thousand octets, of which an update has room for 64.
local PORTION = 50

-- Seconds between two attempts to have a zone that somebody else writes to.
local AGAIN = 0.5

local function perform(run, step, ...) return run.registry:perform("publishing.operator_steps", step, ...) end

local function failure_of(message, code, details)
  return { message = message, code = code or "failed", retry_at = type(details) == "table" and details.retry_at or nil }
end

-- ---- what there is to do

local function names_of(rows)
  local list = {}
  for i, row in ipairs(rows) do list[i] = row.name end
  return list
end

-- What a process that died has done, before it could tell.
local function done_before(row)
  local function set_of(text) return text and text ~= "" and { values = { sets.text(text) } } or nil end
  return { name = row.name, type = "TXT", before = set_of(row.held), after = set_of(row.wanted) }
end

-- What is to be done at a name: an outcome where nothing is, or a change.
local function judge(run, row, found)
  if not operator_changes.is_ours(row.name, run.way.zone) then
    return { row = row, code = "not_ours", message = "that is no name for a key" }
  end
  local change = operator_changes.of(row, found, run.way.ttl)
  if change == false then
    return { row = row, code = "record_other_value", message = ("another record stands at %s, and is left alone"):format(row.name) }
  elseif change == true then
    local is_settled = row.intended ~= nil and row.intended == (row.wanted or "") and row.held ~= row.wanted
    return { row = row, change = is_settled and done_before(row) or nil }
  end
  return nil, change
end

-- Reads what stands at names. Returns outcomes of those where nothing is to be done, and what is to be done, each with `row` and
-- `change`; nil and what went wrong.
local function look(run, rows)
  local found, message, code, details = run.target:read(run.zone, names_of(rows))
  if not found then return nil, failure_of(message, code, details) end
  local outcomes, open = {}, {}
  for _, row in ipairs(rows) do
    local outcome, change = judge(run, row, found)
    if outcome then
      outcomes[#outcomes + 1] = outcome
    else
      open[#open + 1] = { row = row, change = change }
    end
  end
  return outcomes, open
end

-- ---- doing it

-- What one change may be at fault for, and not the zone or its server: the others are tried without it.
local OF_ONE = { refused_record = true, zone_moved = true, too_large = true, half_done = true }

local function changes_of(open)
  local list = {}
  for i, one in ipairs(open) do list[i] = one.change end
  return list
end

-- Of what a target has done by half, that which is done.
local function take_done(open, details, outcomes)
  local done, left = {}, {}
  for _, change in ipairs(details and details.done or {}) do done[change.name] = true end
  for _, one in ipairs(open) do
    if done[one.change.name] then
      outcomes[#outcomes + 1] = { row = one.row, change = one.change, is_ours = true }
    else
      left[#left + 1] = one
    end
  end
  return left
end

local write

-- Tries the halves of what was refused, each for itself.
local function write_halves(run, open, outcomes)
  local middle = math.ceil(#open / 2)
  for _, ends in ipairs { { 1, middle }, { middle + 1, #open } } do
    local half = {}
    for i = ends[1], ends[2] do half[#half + 1] = open[i] end
    local ok, failure = write(run, half, outcomes)
    if not ok then return nil, failure end
  end
  return true
end

-- Makes changes, and adds what came of them to `outcomes`. Returns true; nil and what went wrong where nothing more can be done there.
function write(run, open, outcomes)
  if not open[1] then return true end
  local ok, message, code, details = run.target:apply(run.zone, changes_of(open))
  if ok then
    for _, one in ipairs(open) do outcomes[#outcomes + 1] = { row = one.row, change = one.change, is_ours = true } end
    return true
  end
  local failure = failure_of(message, code, details)
  if not OF_ONE[code] then return nil, failure end
  local count = #open
  if code == "half_done" then open = take_done(open, details, outcomes) end
  if count == 1 or code == "half_done" and #open == count then
    for _, one in ipairs(open) do
      outcomes[#outcomes + 1] = { row = one.row, code = failure.code, message = failure.message, retry_at = failure.retry_at }
    end
    return true
  end
  return write_halves(run, open, outcomes)
end

-- Does what is to be done at some names. Returns true; nil and what went wrong.
local function do_portion(run, rows)
  local outcomes, open = look(run, rows)
  if not outcomes then return nil, open end
  local written, failure = true, nil
  if open[1] then
    local intended = {}
    for i, one in ipairs(open) do intended[i] = one.row end
    local ok, message, code = perform(run, "intend", intended)
    if not ok then return nil, failure_of(message, code) end
    written, failure = write(run, open, outcomes)
  end
  local ok, message, code = perform(run, "note", { via = run.way.via, zone = run.zone }, outcomes)
  if not ok then return nil, failure_of(message, code) end
  for _, outcome in ipairs(outcomes) do run.outcomes[#run.outcomes + 1] = outcome end
  return written, failure
end

-- Does all that is due, up to a number of names.
local function do_due(run, at_most)
  local count = 0
  while count < at_most do
    local rows, message, code = perform(run, "due", run.way.zone, math.min(PORTION, at_most - count))
    if not rows then return nil, failure_of(message, code) end
    if not rows[1] then break end
    local ok, failure = do_portion(run, rows)
    if not ok then return nil, failure end
    count = count + #rows
  end
  return count
end

-- ---- one zone

-- Has the locks for longer, as long as this goes on.
local function stay(run)
  while true do
    async.sleep(run.registry.policy.publishing.lease / 3)
    run.registry:perform("publishing.steps", "renew", run.id)
  end
end

-- Takes the locks; where somebody else has them, as soon as he gives them up, or is not heard of any more, or when patience is over.
local function claim(run)
  local locks = { "operator:" .. run.way.zone, ("zone:%s:%s"):format(run.way.scope, run.zone) }
  local ends = async.now() + (run.patience or 0)
  while true do
    local ok, message, code = perform(run, "claim", run.id, locks)
    if ok then return true end
    if code ~= "publish_under_way" or async.now() >= ends then return nil, failure_of(message, code) end
    async.sleep(AGAIN)
  end
end

-- Does something while nobody else writes to the zone.
local function alone(run, fn)
  local ok, problem = claim(run)
  if not ok then return nil, problem end
  local heart = async.start(stay, run)
  local ran, result, failure = pcall(fn)
  heart:cancel()
  run.registry:perform("publishing.steps", "release", run.id)
  if not ran then error(result, 0) end
  return result, failure
end

-- Opens the way into a zone and does something with it.
local function with_target(run, fn)
  local target, message, code = access.open(run.registry, run.way)
  if not target then return nil, failure_of(message, code) end
  local details
  run.target = target
  run.zone, message, code, details = target:zone_of(run.way.zone)
  local ok, result, failure
  if run.zone then
    ok, result, failure = pcall(fn)
  else
    ok, failure = true, failure_of(message, code, details)
  end
  access.close(run.way, target)
  if not ok then error(result, 0) end
  return result, failure
end

-- Has all names looked at, where that is wanted.
local function wake(run)
  if not run.is_all then return true end
  local count, message, code = perform(run, "wake", run.way.zone)
  if not count then return nil, failure_of(message, code) end
  return true
end

-- Keeps a zone. Returns how many names were looked at, up to a number; nil and what went wrong.
local function keep(run, at_most)
  local count, failure = with_target(run, function()
    return alone(run, function()
      local ok, problem = wake(run)
      if not ok then return nil, problem end
      return do_due(run, at_most)
    end)
  end)
  if not count and failure.code ~= "publish_under_way" then
    perform(run, "pause", run.way.zone, failure)
  elseif count then
    perform(run, "resume", run.way.zone)
  end
  return count, failure
end

local function new_run(registry, way)
  return { registry = registry, way = way, id = "zone_" .. letters.new(16), outcomes = {} }
end

-- ---- the worker

--- Keeps all operators' zones to which there is a way, as far as something is due. See `STEPS` of `mailseal.onboard.worker`.
-- @tparam table registry
-- @tparam[opt] number at_most how many names are looked at in each
-- @treturn ?number how many were
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.publish.target` or of `mailseal.store`
function M.work(registry, at_most)
  local total, failed = 0, nil
  for zone, way in pairs(registry.operator_zones or {}) do
    local run = new_run(registry, way)
    local due, message, code = perform(run, "is_due", zone)
    local count, failure = 0, due == nil and failure_of(message, code) or nil
    if due then count, failure = keep(run, at_most or math.huge) end
    if failure and failure.code ~= "publish_under_way" then
      failed = { ("the zone %s: %s"):format(zone, failure.message), failure.code }
    end
    total = total + (count or 0)
  end
  if failed then return nil, failed[1], failed[2] end
  return total
end

-- ---- at once

local function values_of(set) return set and set.values or nil end

local function told_of(outcome)
  local row, change = outcome.row, outcome.change
  return {
    tenant = row.tenant_id, domain = row.domain, name = row.name, before = change and values_of(change.before),
    after = change and values_of(change.after), code = outcome.code, text = outcome.message,
  }
end

-- What differs, without changing anything.
local function compare(run)
  local result, after = { names = 0, differences = {} }, ""
  while true do
    local rows, message, code = perform(run, "list", run.way.zone, after, PORTION)
    if not rows then return nil, failure_of(message, code) end
    if not rows[1] then return result end
    local outcomes, open = look(run, rows)
    if not outcomes then return nil, open end
    for _, one in ipairs(outcomes) do open[#open + 1] = one.code and one or nil end
    for _, one in ipairs(open) do table.insert(result.differences, told_of(one)) end
    result.names, after = result.names + #rows, rows[#rows].name
  end
end

local function mend(run)
  run.is_all = true
  local count, failure = keep(run, math.huge)
  if not count then return nil, failure end
  local result = { names = count, differences = {} }
  for _, one in ipairs(run.outcomes) do
    if one.change or one.code then table.insert(result.differences, told_of(one)) end
  end
  return result
end

--- Compares an operator's zone with what the keys of all domains want it to hold, and mends what differs.
-- @tparam table registry
-- @tparam string zone one of those of `operator_zones`
-- @tparam[opt] table options `dry_run`: true where it is only to be told; `patience`: seconds to wait for whoever else is writing (0)
-- @treturn[1] table `names`, how many were looked at; `differences`, a list of `tenant`, `domain`, `name`, `before` and `after` (values;
--   nil for none), in the order of their names where nothing was changed; and where it could not be mended, `code` and `text`
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `no_zone`: there is no way into it; `publish_under_way`: somebody is writing to it; a code of
--   `mailseal.publish.target` or of `mailseal.store`
-- @treturn[2] ?table details: `retry_at`
function M.reconcile(registry, zone, options)
  local way = (registry.operator_zones or {})[zone]
  if not way then return nil, ("no way into the zone %s is given"):format(tostring(zone)), "no_zone" end
  return async.run(function()
    local run = new_run(registry, way)
    run.patience = options and options.patience
    local result, failure
    if options and options.dry_run then
      result, failure = with_target(run, function() return compare(run) end)
    else
      result, failure = mend(run)
    end
    if not result then return nil, failure.message, failure.code, failure.retry_at and { retry_at = failure.retry_at } or nil end
    return result
  end)
end

return M
