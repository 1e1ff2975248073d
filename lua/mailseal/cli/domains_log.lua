--- `mailseal domains export|events`: records handed over, and what has happened.
-- @module mailseal.cli.domains_log
local json = require "mailseal.cli.json"
local life = require "mailseal.cli.domains_life"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local want = require "mailseal.cli.registry".want

local M = {}

local MOST = 9007199254740991 -- the largest number that JSON and Lua agree upon

-- ---- Handing over.

local function formats()
  local ids = {}
  for i, format in ipairs(require "mailseal.handover".FORMATS) do
    ids[i] = format.id
  end
  return ids
end

local function export(tenant, given)
  local written = want(tenant:export(given.domain, given.format or "bind", {
    ttl = given.ttl, provider = given.terraform_provider, asked_by = given.asked_by, answer_to = given.answer_to,
  }))
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "format", given.format or "bind", "text", written)))
  else
    output.write(written)
  end
  return status.OK
end

-- ---- Events.

-- The data of an event in a few words: "reason=lost, records=2".
local function words_of(data)
  local list = {}
  for name, value in pairs(type(data) == "table" and data or {}) do
    list[#list + 1] = ("%s=%s"):format(name, type(value) == "table" and json.encode(json.plain(value)) or tostring(value))
  end
  table.sort(list)
  return table.concat(list, ", ")
end

local function tell_event(event, given)
  if given.json then
    output.line(json.encode(json.object(
      "id", event.id, "domain", event.domain, "at", event.at, "kind", event.kind, "actor", event.actor, "data", json.plain(event.data))))
    return
  end
  local actor = event.actor and " by " .. event.actor or ""
  output.line(text.printable(("%8d  %s  %s  %s%s  %s"):format(
    event.id, paint.time(event.at), event.domain, event.kind, actor, words_of(event.data)):gsub("%s+$", "")))
end

local function events(tenant, given)
  local after, left = given.after or 0, given.limit or math.huge
  while left > 0 do
    local limit = math.min(1000, left)
    local page = want(tenant:events { after = after, limit = limit, domain = given.domain })
    for _, event in ipairs(page) do
      tell_event(event, given)
    end
    if #page < limit then
      break
    end
    left, after = left - #page, page[#page].id
  end
  return status.OK
end

--- The actions.
M.actions = {
  {
    name = "export", summary = "Write a domain's records as a file, or as a letter to whoever runs its DNS.", run = export,
    describe = function(command)
      life.describe_domain(command)
      command:option("--format", "Which (bind)."):choices(formats())
      command:option("--ttl", "The records' TTL, in seconds (3600)."):convert(options.whole("--ttl", 0, 2147483647)):argname "N"
      command:option("--terraform-provider", "Whose resources (cloudflare).")
        :choices { "azure", "cloudflare", "google", "route53" }
      command:option("--asked-by", "Who asks, for a letter."):argname "NAME"
      command:option("--answer-to", "Whom to answer, for a letter."):argname "ADDRESS"
    end,
  },
  {
    name = "events", summary = "List what has happened, in order.", run = events,
    describe = function(command)
      command:argument("domain", "Of this domain alone."):args "?":convert(life.convert_domain)
      command:option("--after", "Only what comes after this id."):convert(options.whole("--after", 0, MOST)):argname "ID"
      command:option("--limit", "How many at most."):convert(options.whole("--limit", 1, MOST)):argname "N"
    end,
  },
}

return M
