--- What publishing tells, as JSON has it: the same fields in the same order, for the command line and for the service.
--
-- Each of these makes what `mailseal.json.encode` writes as an object. Fields that are not named here are told nobody, whatever a plan, a
-- publication or an access may have besides.
-- @module mailseal.onboard.publishing.objects
local json = require "mailseal.json"
local objects = require "mailseal.onboard.objects"

local M = {}

local STEP = {
  "record", "action", "zone", "name", "type", "before", "after", "others", "ttl", "code", "text", "consent", "consented",
}

--- A step of a plan.
-- @tparam table step as of `mailseal.publish.plan`
-- @treturn table
function M.step(step) return objects.pick(step, STEP) end

--- How many steps of a plan change something, with consent or without.
-- @tparam table plan
-- @treturn number
function M.count(plan)
  local count = 0
  for _, step in ipairs(plan.steps) do
    if step.action ~= "keep" and step.action ~= "leave" then
      count = count + 1
    end
  end
  return count
end

--- A plan.
-- @tparam table plan as of `tenant:plan`
-- @treturn table
function M.plan(plan)
  local object = objects.pick(plan, { "domain", "via", "zone", "zones" })
  json.add(object, "to_change", M.count(plan))
  json.add(object, "steps", json.plain(objects.list(plan.steps, M.step)))
  local consents = {}
  for i, step in ipairs(plan.conflicts or {}) do
    consents[i] = step.consent
  end
  json.add(object, "consents", json.plain(consents))
  return json.add(object, "url", plan.url)
end

local function values_of(set) return set and set.values or nil end

-- What was changed, zone after zone.
local function changes_of(by_zone)
  local zones, list = {}, {}
  for zone in pairs(by_zone or {}) do
    zones[#zones + 1] = zone
  end
  table.sort(zones)
  for _, zone in ipairs(zones) do
    for _, change in ipairs(by_zone[zone]) do
      list[#list + 1] = json.object("zone", zone, "name", change.name, "type", change.type,
        "before", json.plain(values_of(change.before)), "after", json.plain(values_of(change.after)))
    end
  end
  return list
end

--- A publication: what was done at one time to a domain's DNS.
-- @tparam table publication as of `tenant:publications`
-- @treturn table
function M.publication(publication)
  local object = objects.pick(publication, { "id", "via", "purpose", "state", "actor", "begun_at", "ended_at", "shown", "code", "problem" })
  json.add(object, "consents", json.plain(publication.consents or {}))
  return json.add(object, "records", objects.list(publication.records, function(one)
    return objects.pick(one, { "zone", "name", "type", "before", "after" })
  end))
end

--- An access that is kept. What it is made with is no part of it.
-- @tparam table access as of `tenant:accesses`
-- @treturn table
function M.access(access)
  return objects.pick(access, { "via", "settings", "kept_at", "used_at", "due_at", "attempts", "code", "problem" })
end

--- What became of a plan, in a word.
-- @tparam table done what `plan:apply` returned
-- @treturn string `published`; `propagating`: not every name server shows it yet; `unchanged`: all was there; `waiting`: for somebody to
--   agree at the DNS host; `planned`: it was to be told alone
function M.state(done)
  if done.is_dry then
    return "planned"
  elseif done.url then
    return "waiting"
  elseif not done.changed then
    return "unchanged"
  end
  return done.shown and "published" or "propagating"
end

local NOT_SHOWN = { "zone", "name", "type", "servers", "text" }

--- What was done by a plan, or by taking back.
-- @tparam table plan with `steps`
-- @tparam table done what `plan:apply`, or `tenant:unpublish`, returned
-- @treturn table
function M.done(plan, done)
  local object = M.plan(plan)
  json.add(object, "state", M.state(done), "publication", done.publication, "text", done.text)
  json.add(object, "changes", json.plain(changes_of(done.changes)))
  json.add(object, "not_shown", objects.list(done.not_shown, function(one) return objects.pick(one, NOT_SHOWN) end))
  json.add(object, "domain_status", done.domain and done.domain.status)
  local not_kept = done.keep and objects.pick(done.keep, { "code", "message" })
  return json.add(object, "access", done.access and M.access(done.access), "not_kept", not_kept)
end

--- A way to publish.
-- @tparam table way as of `mailseal.publish.ways`
-- @treturn table
function M.way(way)
  local object = objects.pick(way, { "via", "name", "automatic", "kept", "host" })
  for _, name in ipairs { "settings", "credentials" } do
    json.add(object, name, objects.list(way[name], function(field)
      return objects.pick(field, { "name", "text", "required", "environment" })
    end))
  end
  return object
end

return M
