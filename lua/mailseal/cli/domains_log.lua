--- `mailseal domains export|events`: records handed over, and what has happened.
-- @module mailseal.cli.domains_log
local json = require "mailseal.json"
local life = require "mailseal.cli.domains_life"
local objects = require "mailseal.onboard.objects"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"
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

-- Options that one format alone takes.
local function check_export(given)
  local format = given.format or "bind"
  for name, formats_of in pairs { terraform_provider = "terraform", asked_by = "letter html", answer_to = "letter html" } do
    if given[name] and not (" " .. formats_of .. " "):find(" " .. format .. " ", 1, true) then
      status.stop(status.USAGE, ("--%s is of --format %s"):format(name:gsub("_", "-"), (formats_of:gsub(" ", " and "))))
    end
  end
end

local function export(tenant, given)
  local written = want(tenant:export(given.domain, given.format or "bind", {
    zone = given.of_zone, ttl = given.ttl, provider = given.terraform_provider, asked_by = given.asked_by, answer_to = given.answer_to,
  }))
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "format", given.format or "bind", "text", written)))
  else
    output.write(written)
  end
  return status.OK
end

-- ---- Events.

local function word_of(value)
  if type(value) == "table" and type(value[1]) == "table" then
    return ("%d"):format(#value) -- --json tells them
  elseif type(value) == "table" then
    return json.encode(json.plain(value))
  end
  return type(value) == "number" and value % 1 ~= 0 and ("%.4g"):format(value) or tostring(value)
end

-- The data of an event in a few words: "reason=lost, records=2".
local function words_of(data)
  local list = {}
  for name, value in pairs(type(data) == "table" and data or {}) do
    if type(value) ~= "table" or next(value) ~= nil then
      list[#list + 1] = ("%s=%s"):format(name, word_of(value))
    end
  end
  table.sort(list)
  return table.concat(list, ", ")
end

local function tell_event(event, given)
  if given.json then
    output.line(json.encode(objects.event(event)))
    return
  end
  local actor = event.actor and " by " .. event.actor or ""
  local words = ("%s  %s  %s%s  %s"):format(paint.time(event.at), event.domain or "-", event.kind, actor, words_of(event.data))
  paint.line(("%8d  "):format(event.id), 10, (words:gsub("%s+$", "")))
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
    name = "export", summary = "Write a domain's records as a file, or as a letter to whoever runs its DNS.",
    run = export, check = check_export,
    describe = function(command)
      life.describe_domain(command)
      command:option("--format", "Which (bind)."):choices(formats())
      command:option("--of-zone", "The zone whose records they are, where they go into several."):argname "ZONE"
      command:option("--ttl", "The records' TTL, in seconds (3600)."):convert(options.whole("--ttl", 0, 2147483647)):argname "N"
      command:option("--terraform-provider", "Whose resources (those of the DNS host, where there are such, or cloudflare).")
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
