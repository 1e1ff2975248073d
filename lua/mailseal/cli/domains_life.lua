--- `mailseal domains add|list|show|records|host|verify|restart|enable|disable|remove`.
-- @module mailseal.cli.domains_life
local domains = require "mailseal.domain"
local json = require "mailseal.json"
local objects = require "mailseal.onboard.objects"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local provider_input = require "mailseal.cli.provider_input"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local view = require "mailseal.cli.domain_view"
local want = require "mailseal.cli.registry".want

local M = {}

-- How many domains are read at a time.
local PAGE = 500

--- A domain's name as the registry has it, for argparse's `convert`; one that cannot be a name stays as it is.
-- @tparam string given
-- @treturn ?string nil where it is an address
-- @treturn ?string what is wrong
function M.convert_domain(given)
  local name, problem = options.domain(given)
  return name and (domains.to_ascii(name) or name), problem
end

--- Declares the argument that names a domain.
-- @tparam table command argparse's command
function M.describe_domain(command)
  command:argument("domain", "The domain."):convert(M.convert_domain)
end

-- Tells a domain, and returns what its status means for the exit status.
local function tell(domain, given)
  if given.json then
    output.line(json.encode(objects.domain(domain)))
  else
    view.tell(domain)
  end
  return view.exit_status(domain)
end

-- Tells that something was done, of which there is nothing else to be told.
local function tell_done(domain, words, given)
  if given.json then
    output.line(json.encode(json.object("domain", domain, "done", true)))
  else
    output.line(text.printable(domain), ": ", words)
  end
  return status.OK
end

local function add(tenant, given)
  local own = tenant.registry.providers
  local vars = provider_input.vars(provider_input.rule(given.provider, own), given.var, own)
  return tell(want(tenant:create { domain = given.domain, provider = given.provider, vars = vars }), given)
end

local function makes_key(given, own)
  return provider_input.rule(given.provider, own).generates == "key"
end

local function list(tenant, given)
  local after, left = given.after, given.limit or math.huge
  while left > 0 do
    local limit = math.min(PAGE, left)
    local page = want(tenant:list { status = given.status, after = after, limit = limit })
    if not given.json then
      view.tell_lines(page)
    end
    for _, domain in ipairs(given.json and page or {}) do
      output.line(json.encode(objects.domain(domain)))
    end
    if #page < limit then
      break
    end
    left, after = left - #page, page[#page].domain
  end
  return status.OK
end

local function show(tenant, given)
  tell(want(tenant:get(given.domain)), given)
  return status.OK
end

local function records(tenant, given)
  for _, record in ipairs(want(tenant:records(given.domain))) do
    if given.json then
      output.line(json.encode(objects.record(record)))
    else
      view.tell_record(record, true)
    end
  end
  return status.OK
end

local function host(tenant, given)
  local found = want(tenant:dns_host(given.domain))
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "zone", found.zone, "dns_host", found.id, "name", found.name,
      "name_servers", json.plain(found.name_servers))))
  else
    output.line(text.printable(("%s: %s, zone %s"):format(given.domain, found.name or "a host that is not known", found.zone or "?")))
  end
  return status.OK
end

local function verify(tenant, given)
  return tell(want(tenant:verify(given.domain)), given)
end

local function restart(tenant, given)
  return tell(want(tenant:restart(given.domain)), given)
end

local function enable(tenant, given)
  want(tenant:enable(given.domain))
  return tell_done(given.domain, "enabled", given)
end

local function disable(tenant, given)
  want(tenant:disable(given.domain, { reason = given.reason }))
  return tell_done(given.domain, "disabled: its mail is held until it is enabled again", given)
end

-- What mailseal has published can be taken back by it, as long as the way is known.
local function tell_published(given, published)
  local ways, seen = {}, {}
  for _, one in ipairs(published) do
    if not seen[one.via] then
      ways[#ways + 1], seen[one.via] = one.via, true
    end
  end
  for _, via in ipairs(ways) do
    output.line(("What was published by %s is taken back by: mailseal publish %s --via %s --undo"):format(via, text.printable(given.domain),
      via))
  end
end

local function remove(tenant, given)
  local removed = want(tenant:remove(given.domain))
  local clean_up = removed.clean_up
  if given.json then
    output.line(json.encode(json.object("domain", given.domain, "clean_up", json.plain(clean_up), "published",
      json.plain(removed.published))))
    return status.OK
  end
  output.line(text.printable(given.domain), ": removed. DNS is left as it is; what to do with its records:")
  for _, record in ipairs(clean_up) do
    local first = ("  %s %-6s "):format(paint.word(record.action or "delete", 12), text.printable(record.type))
    paint.line(first, 22, record.name)
    if record.text then
      paint.line((" "):rep(22), 22, record.text, "faint")
    end
  end
  tell_published(given, removed.published)
  return status.OK
end

local function describe_limit(command, what)
  command:option("--limit", "How many at most."):convert(options.whole("--limit", 1, 1000000000)):argname "N"
  command:option("--after", what):argname "PLACE"
end

--- The actions.
M.actions = {
  {
    name = "add", summary = "Add a domain, and show which records its DNS needs.", run = add, makes_key = makes_key, makes_database = true,
    describe = function(command)
      command:argument("domain", "The domain, as it was typed."):convert(options.domain)
      command:option("--provider", "Who sends its mail, such as own (your own server); `mailseal provider list` has them."):argname "ID"
        :count(1)
      provider_input.describe_vars(command)
    end,
  },
  {
    name = "list", summary = "List the domains, by name.", run = list,
    describe = function(command)
      command:option("--status", "Only those."):choices { "pending", "verified", "failed" }
      describe_limit(command, "Only those whose names come after this one.")
    end,
  },
  { name = "show", summary = "Show a domain: how its records stand, and what to enter.", run = show, describe = M.describe_domain },
  { name = "records", summary = "Show what to enter for each record of a domain.", run = records, describe = M.describe_domain },
  { name = "host", summary = "Find out who hosts a domain's DNS, to show what its form wants.", run = host, describe = M.describe_domain },
  { name = "verify", summary = "Look at a domain's records in DNS now.", run = verify, describe = M.describe_domain },
  { name = "restart", summary = "Start again with a domain that has failed.", run = restart, describe = M.describe_domain },
  { name = "enable", summary = "Let a domain's mail go again; what was held is released.", run = enable, describe = M.describe_domain },
  {
    name = "disable", summary = "Hold a domain's mail until it is enabled again.", run = disable,
    describe = function(command)
      M.describe_domain(command)
      command:option("--reason", "Why, for the log."):argname "TEXT"
    end,
  },
  { name = "remove", summary = "Remove a domain that nothing uses.", run = remove, describe = M.describe_domain },
}

--- Declares `--limit` and `--after`.
-- @tparam table command argparse's command
-- @tparam string what `--after` names
M.describe_limit = describe_limit

--- Tells that something was done.
-- @tparam string domain
-- @tparam string words what was done, printable
-- @tparam table given the options
-- @treturn number exit status
M.tell_done = tell_done

return M
