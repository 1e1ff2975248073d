--- Publishing, for those who ask the service for it: the API's routes, and the page's.
--
-- Whoever uses a service names a way, and what it wants to know; he is believed in none of it. Which servers may be spoken to says the
-- registry's policy (`mailseal.onboard.publishing.policy`); settings that lead to other servers than a host's own, or name files, are
-- whoever's who runs the service (`publish` of `mailseal.http.new`). Credentials are handed to the target, and to nobody else: neither
-- messages nor logs have them, and nothing is kept but where `keep` asks for it.
-- @module mailseal.http.publishing
local connecting = require "mailseal.http.connecting"
local core = require "mailseal.core".seal
local costly = require "mailseal.http.costly"
local hexadecimal = require "mailseal.printable".hexadecimal
local json = require "mailseal.json"
local nearest = require "mailseal.nearest"
local objects = require "mailseal.onboard.publishing.objects"
local printable = require "mailseal.printable".line
local publish = require "mailseal.publish"
local ways = require "mailseal.publish.ways"

local M = {}

-- ---- what a target is told

local function names_of(fields)
  local list = {}
  for i, field in ipairs(fields) do
    list[i] = field.name
  end
  return list
end

-- Of what was given, each must be a field of the way's.
local function check_fields(given, fields, what, way)
  local known, names = {}, names_of(fields)
  for _, name in ipairs(names) do
    known[name] = true
  end
  for name in pairs(given) do
    if not known[name] then
      local near = nearest.words(names, name)[1]
      return nil, ("%s has no %s \"%s\"%s"):format(way.name, what, printable(name:sub(1, 60)),
        near and (": do you mean \"%s\"?"):format(near) or ""), "bad_setting"
    end
  end
  return true
end

local function way_of(via)
  if via == connecting.VIA then
    return { via = via, name = "Domain Connect", settings = {}, credentials = {} }
  end
  local module, message, code = publish.find(via)
  if not module then
    return nil, message, code
  end
  return ways.of_target(module)
end

-- What is blank was not given: forms have it so.
local function is_blank(value) return value == nil or type(value) == "string" and not value:find "%S" end

-- What of the way's fields must be told and was not, by name, and in words; where an access is kept, nothing must.
local function missing_of(way, given)
  local names, texts = {}, {}
  for _, kind in ipairs { "settings", "credentials" } do
    for _, field in ipairs(way[kind]) do
      if field.required and is_blank((given[kind] or {})[field.name]) then
        names[#names + 1], texts[#texts + 1] = field.name, field.text
      end
    end
  end
  return names, texts
end

local function is_kept(call, via)
  local list, message, code = call.tenant:accesses(call.path.domain)
  for _, one in ipairs(list or {}) do
    if one.via == via then
      return true
    end
  end
  if list then
    return false
  end
  return nil, message, code
end

local function put(into, values)
  for name, value in pairs(values or {}) do
    if not is_blank(value) then
      into[name] = value
    end
  end
end

--- What `tenant:plan` is told of what somebody has asked for.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam table given `via`; `settings`, `credentials`: texts by name; `ttl`, `zone`, `keep`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_target`, `bad_setting`, `credentials_missing`; a code of the store's
-- @treturn[2] ?table `wanted`, names
function M.options(call, given)
  local way, message, code = way_of(given.via)
  if not way then
    return nil, message, code
  end
  local ok
  for _, what in ipairs { "settings", "credentials" } do
    ok, message, code = check_fields(given[what] or {}, way[what], what:gsub("s$", ""), way)
    if not ok then
      return nil, message, code
    end
  end
  local missing, texts = missing_of(way, given)
  if missing[1] then
    ok, message, code = is_kept(call, way.via)
    if ok == false then
      return nil, ("%s wants to know: %s"):format(way.name, table.concat(texts, "; ")), "credentials_missing", { wanted = missing }
    elseif not ok then
      return nil, message, code
    end
  end
  local wanted = { via = way.via, ttl = given.ttl, zone = not is_blank(given.zone) and given.zone or nil, keep = given.keep or nil }
  put(wanted, given.settings)
  put(wanted, given.credentials)
  put(wanted, way.via == connecting.VIA and connecting.options(call) or (call.service.options.publish or {})[way.via])
  return wanted
end

-- ---- what goes wrong

-- Of what a target tells besides, what is for whoever has asked.
local TOLD = { "retry_at", "seconds", "unsure", "done" }

-- The members of a problem, of a target's details. Whoever may come again is told when.
local function members_of(call, code, details)
  if type(details) ~= "table" then
    return nil
  elseif details.headers then
    return details
  end
  local members = {}
  for _, name in ipairs(TOLD) do
    members[name] = details[name]
  end
  if code == "consent_needed" then
    members.consents = details
  elseif code == "not_undoable" then
    members.records = details
  end
  if members.retry_at then
    local seconds = math.max(1, math.ceil(members.retry_at - call.tenant.registry:now()))
    members.headers = { ["Retry-After"] = ("%d"):format(seconds) }
  end
  return members
end

-- ---- the ways

--- The ways that there are for a domain.
-- @tparam table call
-- @tparam table domain as of `mailseal.onboard.view`
-- @tparam[opt] boolean with_connect true where Domain Connect is to be asked, which waits for others
-- @treturn[1] {table,...} as of `mailseal.publish.ways`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store's
function M.ways(call, domain, with_connect)
  local kept, list, message, code = {}, call.tenant:accesses(domain.domain)
  if not list then
    return nil, message, code
  end
  for _, one in ipairs(list) do
    kept[one.via] = true
  end
  return ways.of { host = domain.dns_host, kept = kept, connect = with_connect and connecting.offered(call, domain.domain) or nil }
end

-- ---- planning, doing

--- What tells a plan from another one: whoever has agreed to a plan has agreed to none that changes something else.
-- @tparam table plan as of `tenant:plan`
-- @treturn string
function M.digest(plan)
  local steps = {}
  for _, step in ipairs(plan.steps) do
    if step.action ~= "keep" and step.action ~= "leave" then
      steps[#steps + 1] = objects.step(step)
    end
  end
  return hexadecimal(core.sha256(json.encode(json.plain(steps)))):sub(1, 32)
end

--- Makes a plan, where the tenant may have one, and in time.
-- @tparam table call
-- @tparam table given as of @{options}
-- @treturn[1] table as of `tenant:plan`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code
-- @treturn[2] ?table members of the problem
function M.plan(call, given)
  local wanted, message, code, members = M.options(call, given)
  if not wanted then
    return nil, message, code, members
  end
  local ok
  ok, message, code, members = costly.take(call)
  if not ok then
    return nil, message, code, members
  end
  local plan
  plan, message, code, members = costly.within(call, function() return call.tenant:plan(call.path.domain, wanted) end)
  if not plan then
    return nil, message, code, members_of(call, code, members)
  end
  return plan
end

--- Makes a plan and carries it out: to the end, even where whoever asked has left.
-- @tparam table call
-- @tparam table given as of @{options}; `consent`, a list; `digest`, that of the plan that was agreed to, nil for any
-- @treturn[1] table the plan
-- @treturn[1] table what `plan:apply` returned
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `plan_changed`, or a code
-- @treturn[2] ?table members of the problem
-- @treturn[2] ?table the plan, where there was one
function M.publish(call, given)
  local plan, message, code, members = M.plan(call, given)
  if not plan then
    return nil, message, code, members
  elseif given.digest and given.digest ~= M.digest(plan) then
    return nil, "the zone is another since the plan was made: look at what is to be changed now", "plan_changed", nil, plan
  end
  local done
  done, message, code, members = plan:apply { consent = given.consent or {} }
  if not done then
    return nil, message, code, members_of(call, code, members), plan
  end
  return plan, done
end

--- Takes back what was published.
-- @tparam table call
-- @tparam table given as of @{options}; `dry_run`: true where it is only to be told; `digest`, of what was told and agreed to, nil for any
-- @treturn[1] table as of `tenant:unpublish`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `plan_changed`, or a code
-- @treturn[2] ?table members of the problem
-- @treturn[2] ?table of `plan_changed`, what it is now
function M.unpublish(call, given)
  local wanted, message, code, members = M.options(call, given)
  if not wanted then
    return nil, message, code, members
  end
  local ok, done, found
  ok, message, code, members = costly.take(call)
  if not ok then
    return nil, message, code, members
  end
  wanted.dry_run, wanted.keep, wanted.ttl = given.dry_run, nil, nil
  -- What is looked at is what is done: nothing comes between.
  function wanted.agrees(plan)
    found = plan
    return not given.digest or given.digest == M.digest(plan)
  end
  local function unpublish() return call.tenant:unpublish(call.path.domain, wanted) end
  if given.dry_run then
    done, message, code, members = costly.within(call, unpublish)
  else
    done, message, code, members = unpublish()
  end
  if not done then
    return nil, message, code, members_of(call, code, members), found
  end
  return done
end

return M
