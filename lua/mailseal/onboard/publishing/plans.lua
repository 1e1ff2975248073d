--- A plan to publish a domain's records: what there is to be told of it, applied, and taken back.
--
-- What it holds is plain data (`steps`, `conflicts`, `changes`, `zones`, `via`, `domain`). What it is applied with, credentials among it,
-- is kept apart, and shows nowhere.
-- @module mailseal.onboard.publishing.plans
local access = require "mailseal.onboard.publishing.access"
local applying = require "mailseal.onboard.publishing.applying"
local change = require "mailseal.onboard.change"
local diff = require "mailseal.publish.diff"
local planning = require "mailseal.publish.plan"
local kinds = require "mailseal.dns.options"
local WAIT = require "mailseal.onboard.publishing.policy".WAIT

local M = {}

--- A plan, as `tenant:plan` returns it.
-- @type plan
local Plan = { __name = "mailseal.onboard.plan" }
Plan.__index = Plan

-- By plan: `tenant`, `way`, `pure` (of mailseal.publish.plan), `own` (conflicts that are not the records'), `consents`, `keep`,
-- `is_verified`, `undo`.
local inner = setmetatable({}, { __mode = "k" })

local function joined(first, second)
  local list = {}
  for _, one in ipairs(first) do list[#list + 1] = one end
  for _, one in ipairs(second or {}) do list[#list + 1] = one end
  return list
end

local function as_keys(list)
  local keys = {}
  for _, one in ipairs(list) do keys[one] = true end
  return keys
end

--- Makes one.
-- @tparam table given `domain`, `tenant`, `way` (of `mailseal.onboard.publishing.access`), `pure` (of `mailseal.publish.plan`), `own`
--   (conflicts of other kinds, as that has them), `consents`, `keep`, `wait`, `patience`, `is_verified`, `undo` (a function)
-- @treturn table
function M.new(given)
  local zones = {}
  for zone in pairs(given.pure.given.zones) do zones[#zones + 1] = zone end
  table.sort(zones)
  local agreed, own = as_keys(given.consents), {}
  for _, step in ipairs(given.own) do
    if not agreed[step.consent] then own[#own + 1] = step end
  end
  local plan = setmetatable({
    domain = given.domain, via = given.way.via, zones = zones, steps = joined(given.own, given.pure.steps),
    conflicts = joined(own, given.pure.conflicts), changes = given.pure.changes,
  }, Plan)
  inner[plan] = given
  return plan
end

--- What would be done, in lines.
-- @treturn string
function Plan:diff() return diff.text(self) end

-- The changes, with what is consented to; nil, a message, `consent_needed` and the list of what is not.
local function consented(given, consents)
  local agreed, missing = as_keys(consents), {}
  for _, step in ipairs(given.own) do
    if not agreed[step.consent] then missing[#missing + 1] = step.consent end
  end
  local pure, _, code, more = planning.consented(given.pure, consents)
  if not pure and code ~= "consent_needed" then return nil, _, code, more end
  missing = joined(missing, more)
  if missing[1] then return nil, "this needs consent: " .. table.concat(missing, ", "), "consent_needed", missing end
  return pure
end

-- What was agreed to, of what there was to agree to.
local function used(given, pure)
  local list = {}
  for _, step in ipairs(given.own) do list[#list + 1] = step.consent end
  for _, step in ipairs(pure.steps) do
    if step.consented then list[#list + 1] = step.code .. "@" .. step.name end
  end
  return list
end

local function text_of(result)
  if not result.changed then return "All of it is there: nothing was changed." end
  if result.shown then return "It is published, and the zone's name servers show it." end
  local reasons, seen = {}, {}
  for _, one in ipairs(result.not_shown) do
    if not seen[one.text] then reasons[#reasons + 1], seen[one.text] = one.text, true end
  end
  return "It is written, and is not to be seen everywhere yet: " .. table.concat(reasons, "; ")
end

-- What follows when it is done: the domain is looked at, so that it is verified at once; the access is kept.
local function follow(self, given, result)
  local tenant = given.tenant
  local message, code
  if result.changed or not given.is_verified then
    result.domain, message, code = tenant:verify(self.domain)
    if not result.domain then result.verify = { message = message, code = code } end
  end
  if given.keep and not given.way.is_kept then
    result.access, message, code = access.keep(tenant, self.domain, given.way)
    if not result.access then result.keep = { message = message, code = code } end
  end
  result.text = text_of(result)
  return result
end

-- What a record is to be, as a key.
local function essence(one) return table.concat({ one.type, one.name, tostring(one.value), tostring(one.target) }, " ") end

-- Is what the plan was made for still to be there? A plan is not to bring back a key that was revoked since.
local function check_wanted(self, given)
  local known, message, code = given.tenant.registry:perform("publishing.steps", "load", given.tenant.id, self.domain)
  if not known then return nil, message, code end
  if not known.domain then return change.not_found() end
  local wanted = {}
  for _, one in ipairs(known.records) do wanted[essence(one)] = true end
  for _, one in ipairs(given.pure.given.wanted) do
    -- The challenge is wanted no more once it was met, and does no harm.
    if one.purpose ~= "ownership" and not wanted[essence(one)] then
      return nil, ("the domain is to have other records by now than when the plan was made (%s %s is not among them): plan again"):format(
        one.name, one.type), "changed_meanwhile"
    end
  end
  return true
end

--- Does it. What is done already is left alone, whoever has done it: to apply a plan twice is to apply it once.
-- @tparam[opt] table options `consent`: a list of what is agreed to, `consent` of the conflicts; `wait`: seconds to wait until DNS shows it
--   (`wait` of `mailseal.onboard.publishing.policy`); `patience`: seconds to wait for whoever else is writing to the zone (0). One who
--   was killed holds it for `lease` seconds of that policy
-- @treturn[1] table
--
-- - `changed`: false where all was there already
-- - `publication`: the id under which it is kept; `changes`: what was made, by zone
-- - `shown`: do all name servers show it? `not_shown`: a list of what they do not, each with `zone`, `name`, `type`, `servers`, `text`
-- - `domain`: as it stands then, of `tenant:verify`; or `verify`, the `message` and `code` of why that could not be looked at
-- - `access`: where it was to be kept; or `keep`, the `message` and `code` of why it was not
-- - `text`: all that in words
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `consent_needed`; `publish_under_way`; `zone_moved`: what stands there is not what the plan was made of, plan again;
--   `changed_meanwhile`: the domain is to have other records by now, plan again; `not_found`; a code of `mailseal.publish.target` or of
--   `mailseal.store`
-- @treturn[2] ?table details: of `consent_needed` the list of what is not agreed to; of `publish_under_way` `retry_at`
function Plan:apply(options)
  kinds.check("plan:apply", options or {}, { consent = kinds.of_type("table", "a list"), wait = WAIT, patience = WAIT })
  local given = inner[self]
  local consents = joined(given.consents, options and options.consent)
  local pure, message, code, details = consented(given, consents)
  if not pure then return nil, message, code, details end
  local is_wanted
  is_wanted, message, code = check_wanted(self, given)
  if not is_wanted then return nil, message, code end
  local target
  target, message, code, details = given.way.open()
  if not target then return nil, message, code, details end
  local result
  result, message, code, details = applying.run {
    tenant = given.tenant, domain = self.domain, target = target, via = self.via, scope = given.way.scope, kind = "publish",
    consents = used(given, pure), changes = pure.changes,
    wait = options and options.wait or given.wait, patience = options and options.patience or given.patience,
  }
  given.way.close(target)
  if not result then return nil, message, code, details end
  return follow(self, given, result)
end

--- Takes back what was published for the domain in this way, by this plan and others, and only that: `tenant:unpublish`.
-- @treturn ?table as there
-- @treturn ?string a message
-- @treturn ?string as there
-- @treturn ?table details
function Plan:undo() return inner[self].undo() end

return M
