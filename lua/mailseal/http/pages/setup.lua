--- The routes of setting a domain up without a hand touching DNS: the ways, the plan that is to be agreed to, doing it, and taking it back.
--
-- A plan changes nothing. What it was made with, credentials among it, comes back with the form that agrees to it, as a parcel that only
-- this service can open (`mailseal.http.parcel`); and the form says which plan that was, so that nobody agrees to what he has not seen.
-- @module mailseal.http.pages.setup
local change = require "mailseal.onboard.change"
local codes = require "mailseal.http.codes"
local connecting = require "mailseal.http.connecting"
local draw_plan = require "mailseal.web.plan".draw
local draw_return = require "mailseal.web.returned".draw
local draw_ways = require "mailseal.web.setup".draw
local form = require "mailseal.http.pages.form"
local host = require "mailseal.host"
local link = require "mailseal.web.link"
local live = require "mailseal.http.live"
local objects = require "mailseal.onboard.publishing.objects"
local page = require "mailseal.http.pages.page"
local parcel = require "mailseal.http.parcel"
local publishing = require "mailseal.http.publishing"
local shape = require "mailseal.http.shape"
local ways = require "mailseal.publish.ways"

local AT_MOST = 40

-- Whatever was asked for, nothing of it is kept by a browser or by what stands between.
local function send(text, status, headers)
  local reply = page.send(text, status, headers)
  reply.headers["Cache-Control"] = "no-store"
  return reply
end

local function to_domain(call, done)
  return page.go(link.query(page.to(call, "domains", call.path.domain), { { "done", done } }))
end

-- ---- the ways

-- Of some ways those by which something was published that can be taken back.
local function used(call, list)
  local publications, message, code = call.tenant:publications(call.path.domain)
  if not publications then
    return nil, message, code
  end
  local is_used, chosen = {}, {}
  for _, publication in ipairs(publications) do
    is_used[publication.via] = true
  end
  for _, way in ipairs(list) do
    if is_used[way.via] then
      way.is_used, chosen[#chosen + 1] = true, way
    end
  end
  return chosen
end

-- With `told`: `via`, `given`, `problem`, `retry_at`, `status`, `headers`.
local function show_ways(call, is_undo, told)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  local list
  list, message, code = publishing.ways(call, domain, not is_undo)
  if list and is_undo then
    list, message, code = used(call, list)
  end
  if not list then
    return nil, message, code
  end
  return send(draw_ways(page.new(call), {
    domain = domain, host = domain.dns_host and host.find(domain.dns_host) or nil, ways = list, is_undo = is_undo,
    via = told.via, given = told.given, problem = told.problem, retry_at = told.retry_at,
  }), told.status, told.headers)
end

-- What could not be done is told on the page of the ways; what is nobody's fault here is the service's to tell.
local function refuse(call, is_undo, given, message, code, members)
  local known = codes[code]
  if code == "not_found" or known and not known.tells then
    return nil, message, code, members
  end
  return show_ways(call, is_undo, {
    via = given.via, given = given.settings, problem = page.sentence(message), retry_at = members and members.retry_at,
    status = known and known.status or 422, headers = members and members.headers,
  })
end

-- ---- what was typed

-- Fields by the word before the dot: `setting.server`, `credential.token`.
local function of_kind(given, kind)
  local values = {}
  for name in pairs(given) do
    local field = name:match("^" .. kind .. "%.(.+)$")
    if field then
      values[field] = form.one(given, name)
    end
  end
  return values
end

local function typed(given)
  return {
    via = form.one(given, "via") or "", settings = of_kind(given, "setting"), credentials = of_kind(given, "credential"),
    keep = form.one(given, "keep") == "true" or nil,
  }
end

-- ---- the plan

local function way_of(call, via, plan)
  if plan.provider_name then
    return { via = via, name = plan.provider_name }
  end
  local list = publishing.ways(call, { domain = call.path.domain })
  return list and ways.find(list, via) or { via = via, name = via }
end

-- What a parcel is good for: doing, or taking back, at one domain.
local function about(call, is_undo) return (is_undo and "undo " or "publish ") .. change.stored(call.path.domain) end

-- With `told`: `problem`, `consents`, `status`; `url`, where to agree with these consents.
local function show_plan(call, plan, asked, is_undo, told)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  return send(draw_plan(page.new(call), {
    domain = domain, way = way_of(call, asked.via, plan), plan = plan, is_undo = is_undo, digest = publishing.digest(plan),
    parcel = parcel.seal(call, about(call, is_undo), asked), consents = told.consents, problem = told.problem,
    keep = not is_undo and asked.keep or nil, url = told.url or not plan.conflicts[1] and plan.url or nil,
  }), told.status)
end

-- A handler that makes a plan of what was typed, and shows it.
local function planning(is_undo, make)
  return function(call)
    local given, wrong, why = form.read(call.body)
    if not given then
      return nil, wrong, why
    end
    local asked = typed(given)
    local plan, message, code, members = make(call, asked)
    if not plan then
      return refuse(call, is_undo, asked, message, code, members)
    end
    return show_plan(call, plan, asked, is_undo, {})
  end
end

local function make_undo(call, asked)
  asked.dry_run = true
  return publishing.unpublish(call, asked)
end

-- ---- agreeing

local OVER = "what was typed is not known any more, for that was a while ago: type it again"

-- A handler of a form that agrees to a plan: `act` returns the word for what was done; or nil, a message, a code, members and, where what
-- stands against it can be told beside it, the plan; or true, and the plan and the address that somebody has to agree at.
local function agreeing(is_undo, act)
  return function(call)
    local given, wrong, why = form.read(call.body)
    if not given then
      return nil, wrong, why
    end
    local asked = parcel.open(call, about(call, is_undo), form.one(given, "parcel"))
    if not asked then
      return refuse(call, is_undo, { via = form.one(given, "via") }, OVER, "credentials_missing")
    end
    asked.consent, asked.digest, asked.dry_run = given.consent or {}, form.one(given, "digest"), nil
    local done, message, code, members, plan = act(call, asked)
    if done == true then
      return show_plan(call, message, asked, is_undo, { url = code, consents = asked.consent })
    elseif done then
      return to_domain(call, done)
    elseif plan and (code == "consent_needed" or code == "plan_changed") then
      local told = { problem = page.sentence(message), consents = asked.consent, status = codes[code].status }
      return show_plan(call, plan, asked, is_undo, told)
    end
    return refuse(call, is_undo, asked, message, code, members)
  end
end

local function publish(call, asked)
  local plan, done, code, members, made = publishing.publish(call, asked)
  if not plan then
    return nil, done, code, members, made
  end
  if done.url then
    return true, plan, done.url
  end
  return asked.keep and done.access and "kept" or objects.state(done)
end

local function unpublish(call, asked)
  local done, message, code, members, made = publishing.unpublish(call, asked)
  if not done then
    return nil, message, code, members, made
  end
  return done.changed and "unpublished" or "unchanged"
end

-- ---- the rest

local function forget(call)
  local given, wrong, why = form.read(call.body)
  if not given then
    return nil, wrong, why
  end
  local done, message, code = call.tenant:forget_access(call.path.domain, form.one(given, "via"))
  if not done then
    return refuse(call, false, {}, message, code)
  end
  return to_domain(call, "forgotten")
end

-- Whoever comes back from his DNS host comes from another site's page, and browsers keep cookies to themselves then (SameSite). So he is
-- shown a page that leads on to the next one: that is asked for from here.
local function come_back(call)
  local said = connecting.said(call.request.target:match "^[^?]*%??(.*)$")
  return send(draw_return(page.new(call), {
    domain = call.path.domain, outcome = said.outcome, state = said.state,
  }))
end

-- He may say that he has agreed, or not: DNS is what is looked at. Where he was not sent away from here, nothing is told or done for him.
local function look(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  elseif not connecting.is_ours(call, call.query.state) then
    return page.go(page.to(call, "domains", call.path.domain))
  end
  local looked = live.of(call.service):look(call, call.path.domain)
  if (call.query.outcome or "done") ~= "done" then
    return to_domain(call, "declined")
  end
  return looked and to_domain(call, "back") or page.go(page.to(call, "domains", call.path.domain))
end

local ONE = "/domains/{domain}/setup"

return page.routes {
  { method = "GET", path = ONE, id = "pageSetup", at_most = AT_MOST, handler = function(call) return show_ways(call, false, {}) end },
  { method = "POST", path = ONE .. "/plan", id = "pagePlan", at_most = AT_MOST, handler = planning(false, publishing.plan) },
  { method = "POST", path = ONE .. "/publish", id = "pagePublish", at_most = AT_MOST, handler = agreeing(false, publish) },
  {
    method = "GET", path = ONE .. "/undo", id = "pageUndo", at_most = AT_MOST,
    handler = function(call) return show_ways(call, true, {}) end,
  },
  { method = "POST", path = ONE .. "/undo", id = "pagePlanUndo", at_most = AT_MOST, handler = planning(true, make_undo) },
  { method = "POST", path = ONE .. "/unpublish", id = "pageUnpublish", at_most = AT_MOST, handler = agreeing(true, unpublish) },
  { method = "POST", path = ONE .. "/forget", id = "pageForget", handler = forget },
  { method = "GET", path = ONE .. "/return", id = "pageReturn", handler = come_back, public = true, query = false },
  {
    method = "GET", path = ONE .. "/returned", id = "pageReturned", handler = look, at_most = AT_MOST,
    query = { state = shape.text(1024), outcome = shape.text(20) },
  },
}
