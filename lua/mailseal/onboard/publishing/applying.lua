--- Changes are made in a customer's zones: once, by one at a time, with everything written down that is needed where that is cut short.
--
--     claim    locks, and what others have left behind is settled
--     read     what stands there now: what is done already is left out; where something is neither as it was nor as it is to be, nothing
--              is done (`zone_moved`)
--     intend   the publication's row
--     apply    zone by zone; where one of several fails, those before are taken back
--     look     by the zone's name servers, for a bounded time
--     finish   the row, what is ours from then on, the event
--
-- What is said on the database are steps of `mailseal.onboard.publishing.steps`. A process that dies leaves locks that end, and a row
-- that the next one settles.
-- @module mailseal.onboard.publishing.applying
local async = require "mailseal.async"
local effect = require "mailseal.onboard.publishing.effect"
local letters = require "mailseal.onboard.letters"
local look = require "mailseal.onboard.publishing.look"
local publishing_steps = require "mailseal.onboard.publishing.steps"
local settling = require "mailseal.onboard.publishing.settling"

local M = {}

-- Seconds between two attempts to have what somebody else has.
local AGAIN = 0.5

local function zones_of(changes)
  local list = {}
  for zone in pairs(changes) do list[#list + 1] = zone end
  table.sort(list)
  return list
end

local function perform(run, step, ...) return run.tenant.registry:perform("publishing.steps", step, ...) end

-- What nobody else is to do meanwhile: to publish for the domain, and to write to these zones there, whoever's they are.
local function locks_of(run)
  local list = { publishing_steps.lock_of(run.tenant.id, run.domain) }
  for _, zone in ipairs(zones_of(run.changes)) do list[#list + 1] = ("zone:%s:%s"):format(run.scope, zone) end
  return list
end

-- ---- what is there

-- The sets at the names of changes, by zone. Returns nil, a message, a code and details where the target does not tell.
local function read(run, changes)
  local found = {}
  for _, zone in ipairs(zones_of(changes)) do
    local list, message, code, details = run.target:read(zone, effect.names(changes[zone]))
    if not list then return nil, message, code, details end
    found[zone] = list
  end
  return found
end

-- Ends what others have left behind, by what there is.
local function settle(run, open)
  for _, one in ipairs(open) do
    if one.via == run.via then
      local ended, message, code, details = settling.settle(run.tenant.registry, run.tenant.id, one, function() return run.target end)
      if ended == nil then return nil, message, code, details end
    end
  end
  return true
end

-- What is still to be done, by zone; an empty table where nothing is.
local function find_remaining(run)
  local found, message, code, details = read(run, run.changes)
  if not found then return nil, message, code, details end
  local left = {}
  for zone, list in pairs(run.changes) do
    local remaining, moved = effect.remaining(list, found[zone])
    if not remaining then
      return nil, ("%s %s in the zone %s is not what it was when the plan was made: plan again"):format(moved.name, moved.type, zone),
        "zone_moved", { zone = zone, name = moved.name, type = moved.type }
    end
    left[zone] = remaining[1] and remaining or nil
  end
  return left
end

-- ---- doing it

-- Takes back what was done in some zones. Returns what could not be taken back, by zone.
local function take_back(run, done)
  local left = {}
  for _, zone in ipairs(zones_of(done)) do
    if not run.target:undo(zone, done[zone]) then left[zone] = done[zone] end
  end
  return left
end

-- Makes the changes of one zone. Returns those that are in effect; then, where it went wrong, what did, with `is_unknown` where nobody
-- knows what is in effect.
local function make_in(run, zone, changes)
  local ok, message, code, details = run.target:apply(zone, changes)
  if ok then return effect.real(changes) end
  local failure = { message = message, code = code, details = details }
  if details and details.unsure then
    local found = run.target:read(zone, effect.names(changes))
    if not found then
      failure.is_unknown = true
      return {}, failure
    end
    local left = effect.remaining(changes, found)
    if left and not left[1] then return effect.real(changes) end
    return effect.done(changes, found), failure
  end
  return code == "half_done" and effect.real(details and details.done or {}) or {}, failure
end

-- Are the locks still this publication's? Whoever could not be heard of for a while has lost them, and does no more: what he has done is
-- settled by others.
local function holds(run, id)
  local count = perform(run, "renew", id)
  return count ~= nil and count >= #locks_of(run)
end

-- Makes the changes. Returns those that are in effect, by zone; and what went wrong, as of `make_in`.
local function make(run, id, changes)
  local done = {}
  for i, zone in ipairs(zones_of(changes)) do
    if i > 1 and not holds(run, id) then
      local _, message, code = publishing_steps.lost()
      return done, { message = message, code = code, is_unknown = true }
    end
    local made, failure = make_in(run, zone, changes[zone])
    done[zone] = made[1] and made or nil
    if failure and failure.is_unknown then return done, failure end
    if failure then return take_back(run, done), failure end
  end
  return done
end

-- ---- the end

-- What went wrong is told; where something of it stays, that as well.
local function fail(run, one, done, failure)
  local code, details = failure.code, failure.details
  if failure.is_unknown then
    perform(run, "release", one.id)
    return nil, failure.message, code, details
  elseif next(done) then
    code, details = "half_done", { cause = failure.code, done = done }
  elseif code == "half_done" then -- what the target could not take back is taken back by now
    code, details = details and details.cause or "server_failed", nil
  end
  local ended, message, store_code = perform(run, "finish", run.tenant.id, run.tenant.actor, one, {
    state = "failed", changes = done, code = code, problem = publishing_steps.problem(failure.message),
    quiet = run.quiet and not next(done),
  })
  if ended == nil then return nil, message, store_code end
  return nil, failure.message, code, details
end

-- Looks whether DNS shows it, and ends the publication.
local function finish(run, one, done)
  local registry = run.tenant.registry
  local resolver, policy = registry:resolver(), registry.policy.publishing
  local missing = {}
  if resolver then
    missing = look.look(resolver, done, { wait = run.wait or policy.wait, look_first = policy.look_first, look_most = policy.look_most })
  end
  local shown = resolver ~= nil and not missing[1]
  local ended, message, code = perform(run, "finish", run.tenant.id, run.tenant.actor, one, {
    state = "done", changes = done, shown = shown, over = run.over,
  })
  if ended == nil then return nil, "the records are written, and that cannot be noted: " .. message, code end
  return { changed = true, publication = one.id, changes = done, shown = shown, not_shown = missing }
end

-- Nothing is to be done.
local function leave(run, id)
  if not run.over then return perform(run, "release", id) end
  return perform(run, "forget", run.tenant.id, { id = id, domain = run.domain, via = run.via, kind = run.kind, over = run.over })
end

-- Takes the locks; where somebody else has them, as soon as he gives them up, or is not heard of any more, or when patience is over.
local function claim(run, id)
  local ends = async.now() + (run.patience or 0)
  while true do
    local claimed, message, code, details = perform(run, "claim", run.tenant.id, run.domain, { id = id, locks = locks_of(run) })
    if claimed or code ~= "publish_under_way" or async.now() >= ends then return claimed, message, code, details end
    async.sleep(AGAIN)
  end
end

-- All of it, the locks being held.
local function go(run, id)
  local claimed, message, code, details = claim(run, id)
  if not claimed then return nil, message, code, details end
  local settled, left
  settled, message, code, details = settle(run, claimed.open)
  if settled then left, message, code, details = find_remaining(run) end
  if not left then
    perform(run, "release", id)
    return nil, message, code, details
  elseif not next(left) then
    local released
    released, message, code = leave(run, id)
    if not released then return nil, message, code end
    return { changed = false, changes = {}, shown = true, not_shown = {} }
  end
  local one = {
    id = id, domain = run.domain, via = run.via, kind = run.kind, consents = run.consents or {}, changes = left,
    locks = #locks_of(run),
  }
  local intended
  intended, message, code = perform(run, "intend", run.tenant.id, run.tenant.actor, one)
  if not intended then
    perform(run, "release", id)
    return nil, message, code
  end
  local done, failure = make(run, id, left)
  if failure then return fail(run, one, done, failure) end
  return finish(run, one, done)
end

-- Has the locks for longer, as long as this goes on.
local function stay(run, id)
  while true do
    async.sleep(run.tenant.registry.policy.publishing.lease / 3)
    perform(run, "renew", id)
  end
end

--- Makes changes. It waits for the DNS host, and for DNS.
-- @tparam table run
--
-- - `tenant`: `registry`, `id` and `actor`
-- - `domain`: as it is stored
-- - `target`: who writes (`mailseal.publish.target`); `via`: what that is called; `scope`: a text, the same
--   for whoever writes to the same place
-- - `kind`: `publish`, `undo` or `keys`; `consents`: what was consented to, a list
-- - `changes`: by zone (`mailseal.publish.sets`)
-- - `wait`: seconds to wait until DNS shows it, other than the policy's; `patience`: seconds to wait for whoever else is writing (0)
-- - `over`: rows of `mailseal.publish.ledger` that are ours no more when it is done
-- - `quiet`: true where of a failure that changes nothing no event is to be told
-- @treturn[1] table `changed` (false: it was all done already), `publication` (its id), `changes` (those made, by zone), `shown`,
--   `not_shown` (as of `mailseal.onboard.publishing.look.look`)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `publish_under_way`; a code of `mailseal.publish.target` or of `mailseal.store`
-- @treturn[2] ?table details, as there
function M.run(run)
  return async.run(function()
    local id = "pub_" .. letters.new(16)
    local heart = async.start(stay, run, id)
    local ok, result, message, code, details = pcall(go, run, id)
    heart:cancel()
    if not ok then error(result, 0) end
    return result, message, code, details
  end)
end

return M
