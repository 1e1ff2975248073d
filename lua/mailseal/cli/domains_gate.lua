--- `mailseal domains decide|hold|unhold|held|release-holds|released|use|release|report|health|reset-health`.
-- @module mailseal.cli.domains_gate
local json = require "mailseal.json"
local life = require "mailseal.cli.domains_life"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local registry_face = require "mailseal.cli.registry"

local M = {}

local want = registry_face.want
local MOST = 9007199254740991 -- the largest number that JSON and Lua agree upon

-- ---- May it send?

local verdicts = { send = status.OK, hold = status.TEMPORARY, refuse = status.NO }

local function decide(tenant, given)
  local verdict, code, words = tenant:decide(given.domain)
  if verdict == nil then
    registry_face.stop(code, words)
  end
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "decision", verdict, "reason", code, "text", words)))
  else
    paint.line(paint.word(verdict, 6) .. " ", 7, code and ("%s (%s)"):format(words or code, code) or words or given.domain)
  end
  return verdicts[verdict]
end

-- ---- Mail that is held.

-- What is to be known of mail that was to be held: `held` tells how much of it is, by this call.
local function fate_of(tenant, given, held)
  local before = #given.mail - held
  local already = before > 0 and (", %d held already, or named twice"):format(before) or ""
  if given.after and before > 0 then
    already = (", %d held already, or on its way"):format(before)
  end
  return already .. (tenant:decide(given.domain) == "send" and "; the domain may send, so it is released at once" or "")
end

-- Tells how many messages something was done to: `what` in words, `field` in JSON.
local function tell_count(given, field, what, count, more)
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, field, count)))
  else
    output.line(("%s: %d %s%s"):format(text.printable(given.domain), count, what, more and more() or ""))
  end
  return status.OK
end

local function hold(tenant, given)
  local held = want(tenant:hold(given.domain, given.mail, { after = given.after }))
  return tell_count(given, "held", "held", held, function()
    return fate_of(tenant, given, held)
  end)
end

local function unhold(tenant, given)
  return tell_count(given, "called_off", "called off", want(tenant:unhold(given.domain, given.mail)))
end

local function release_holds(tenant, given)
  return tell_count(given, "released", "released", want(tenant:release_holds(given.domain)))
end

-- Goes through all that a method has, a page at a time. `place` names the field that the next page goes on behind.
local function each_page(given, place, read, tell)
  local after, left = given.after, given.limit or math.huge
  while left > 0 do
    local limit = math.min(1000, left)
    local page = want(read { after = after, limit = limit })
    for _, item in ipairs(page) do
      tell(item)
    end
    if #page < limit then
      return
    end
    left, after = left - #page, page[#page][place]
  end
end

local function held(tenant, given)
  each_page(given, "position", function(page)
    return tenant:held(given.domain, page)
  end, function(item)
    if given.json then
      output.line(json.encode(json.object("domain", given.domain, "position", item.position, "mail", item.mail, "held_at", item.held_at)))
    else
      output.line(("%8d  %s  %s"):format(item.position, paint.time(item.held_at), text.printable(item.mail)))
    end
  end)
  return status.OK
end

local function released(tenant, given)
  if given.forget then
    local count = want(tenant:forget_released(given.forget))
    output.line(given.json and json.encode(json.object("forgotten", count)) or ("%d forgotten"):format(count))
    return status.OK
  end
  each_page(given, "id", function(page)
    return tenant:released(page)
  end, function(item)
    if given.json then
      output.line(json.encode(json.pick(item, { "id", "domain", "mail", "released_at" })))
    else
      output.line(("%8d  %s  %s  %s"):format(item.id, paint.time(item.released_at), text.printable(item.domain), text.printable(item.mail)))
    end
  end)
  return status.OK
end

-- ---- Who uses it.

local function use(tenant, given)
  want(tenant:use(given.domain, given.user))
  return life.tell_done(given.domain, "used by " .. text.printable(given.user), given)
end

local function release(tenant, given)
  local did_use = want(tenant:release(given.domain, given.user))
  return life.tell_done(given.domain, (did_use and "used no more by " or "was not used by ") .. text.printable(given.user), given)
end

-- ---- Health.

local function check_report(given)
  if not (given.delivered or given.bounced or given.complained) then
    status.stop(status.USAGE, "nothing is reported: give --delivered, --bounced or --complained")
  end
end

local function report(tenant, given)
  local state = want(tenant:report(given.domain, {
    delivered = given.delivered, bounced = given.bounced, complained = given.complained,
  }))
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "health", state)))
  else
    output.line(text.printable(given.domain), ": ", paint.word(state))
  end
  return status.OK
end

local function percent(rate)
  return ("%.2f %%"):format(rate * 100)
end

local health_fields = {
  "domain", "health", "restriction", "delivered", "bounced", "complained", "bounce_rate", "complaint_rate", "last_hour",
}

local function health(tenant, given)
  local found = want(tenant:health(given.domain))
  if given.json then
    found.domain, found.health = given.domain, found.state -- as `show` and `report` call it
    output.line(json.encode(json.pick(found, health_fields)))
    return status.OK
  end
  local restriction = found.restriction and ", " .. paint.word(found.restriction) or ""
  output.line(text.printable(given.domain), ": ", paint.word(found.state), restriction)
  output.line(("  delivered   %10d   sent in the last hour %d"):format(found.delivered, found.last_hour or 0))
  output.line(("  bounced     %10d   %s"):format(found.bounced, percent(found.bounce_rate or 0)))
  output.line(("  complained  %10d   %s"):format(found.complained, percent(found.complaint_rate or 0)))
  return status.OK
end

local function reset_health(tenant, given)
  want(tenant:reset_health(given.domain))
  return life.tell_done(given.domain, "what was reported is forgotten", given)
end

-- ---- The actions.

local function describe_user(command)
  life.describe_domain(command)
  command:argument("user", "What uses it, such as \"sequence 17\".")
end

local function describe_place(command)
  command:option("--after", "Only what comes after this number."):convert(options.whole("--after", 0, MOST)):argname "N"
  command:option("--limit", "How many at most."):convert(options.whole("--limit", 1, MOST)):argname "N"
end

local function count(command, name, what)
  command:option("--" .. name, what):convert(options.whole("--" .. name, 0, 1000000000)):argname "N"
end

--- The actions.
M.actions = {
  { name = "decide", summary = "Tell whether a domain's mail may be sent just now.", run = decide, describe = life.describe_domain },
  {
    name = "hold", summary = "Hold mail of a domain until it may send.", run = hold,
    describe = function(command)
      life.describe_domain(command)
      command:argument("mail", "The ids of the messages, in order."):args "+"
      command:option("--after", "Hold none that was released after this id, as it is on its way; for a call that is repeated.")
        :convert(options.whole("--after", 0, MOST)):argname "ID"
    end,
  },
  {
    name = "unhold", summary = "Call off mail of a domain that is held: it is not released.", run = unhold,
    describe = function(command)
      life.describe_domain(command)
      command:argument("mail", "The ids of the messages."):args "+"
    end,
  },
  {
    name = "held", summary = "List the mail of a domain that is held, in order.", run = held,
    describe = function(command)
      life.describe_domain(command)
      describe_place(command)
    end,
  },
  {
    name = "release-holds", summary = "Let go all held mail that a domain may send, without waiting for the worker.", run = release_holds,
    describe = life.describe_domain,
  },
  {
    name = "released", summary = "List the mail that was held and may go now, in order.", run = released,
    describe = function(command)
      describe_place(command)
      command:option("--forget", "Forget what was released up to this id, as it is dealt with.")
        :convert(options.whole("--forget", 0, MOST)):argname "ID"
    end,
  },
  { name = "use", summary = "Note that something uses a domain, which is not removed as long.", run = use, describe = describe_user },
  { name = "release", summary = "Note that something uses a domain no more.", run = release, describe = describe_user },
  {
    name = "report", summary = "Report what became of a domain's messages.", run = report, check = check_report,
    describe = function(command)
      life.describe_domain(command)
      count(command, "delivered", "How many were delivered.")
      count(command, "bounced", "How many came back for good.")
      count(command, "complained", "How many were called spam by who got them.")
    end,
  },
  { name = "health", summary = "Show a domain's bounces and complaints.", run = health, describe = life.describe_domain },
  {
    name = "reset-health", summary = "Forget what was reported of a domain, as what was wrong is mended.", run = reset_health,
    describe = life.describe_domain,
  },
}

return M
