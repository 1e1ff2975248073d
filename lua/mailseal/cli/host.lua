--- `mailseal host`: says whose DNS host serves a domain, and how records are typed there.
-- @module mailseal.cli.host
local names = require "mailseal.dns.name"
local options = require "mailseal.cli.options"
local report = require "mailseal.cli.host_report"
local resolver = require "mailseal.cli.resolver"
local rules = require "mailseal.cli.rules"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
The DNS host is told by the name servers that the zone above delegates to. Where
no rule knows them, where they are those of several hosts, or not all of one,
what is said holds for any host. A --record below a zone of its own, as
_domainkey.example.com may be, is shown for that zone and its host.

The exit status is 0 where the host is known and can have each --record, 1 where
not, 69 where no DNS server answers, and 75 where DNS gives no answer for now.]]

-- "TYPE NAME" or "TYPE NAME VALUE".
local function read_record(given)
  local kind, name, rest = given:match "^%s*(%a+)%s+(%S+)%s*(.-)%s*$"
  if not kind then
    return nil, ("--record: '%s' is no type, name and value such as \"CNAME s1._domainkey.example.com a.example.net\""):format(given)
  end
  return { type = kind:upper(), name = name, value = rest ~= "" and rest or nil }
end

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say whose DNS host serves a domain.")
  command:description("Says whose DNS host serves a domain, what is known of its forms, and how records are typed there.")
  command:epilog(epilog)
  command:argument("domain", "A domain, or a name below it."):convert(options.domain)
  resolver.describe(command)
  command
    :option("--record", "Show how this record is typed there; may be repeated. The name is the whole one.")
    :argname('"TYPE NAME [VALUE]"')
    :convert(read_record)
    :count("*")
  command:option("--host", "It is this DNS host (an id such as cpanel), whatever its name servers say."):argname("ID")
  rules.describe(command)
  command
    :option("--port", "The port of the name servers of the zone above (53 unless told).")
    :argname("N")
    :convert(options.whole("--port", 1, 65535))
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

local exit_statuses = { bad_name = status.USAGE, timeout = status.UNAVAILABLE, not_delegated = status.NO }

local function load_rules(given)
  for _, path in ipairs(rules.directories(given.rules, "host")) do
    local count, cause = require("mailseal.host").load_directory(path)
    if not count then
      status.stop(status.DATA, cause)
    end
  end
end

-- The domain that was registered, where this system has the list that tells.
local function registrable(domain)
  local list = require("mailseal.onboard.public_suffix").system()
  return list and list:registrable(domain) or nil
end

-- The rule of the host that was named.
local function named_rule(id)
  local rule, cause = require("mailseal.host").find(id)
  if rule then
    return rule
  end
  local ids = {}
  for i, one in ipairs(require("mailseal.host").list()) do
    ids[i] = one.id
  end
  status.stop(status.USAGE, ("--host: %s: there are %s"):format(cause, table.concat(ids, ", ")))
end

-- Puts the host that was named in place of what its name servers tell.
local function put_named(found, rule)
  found.rule, found.id, found.name, found.named = rule, rule.id, rule.name, true
  found.split, found.ambiguous, found.alternatives = nil, nil, nil
  found.automatic = require("mailseal.host").automatic(rule)
end

-- Where a record has to be set: there may be a zone of its own between the domain's and its name.
local function place_of(found, record, asking)
  local name = names.canonical(record.name)
  if found.fault or name == found.zone or not names.is_within(name, found.zone) then
    return found
  end
  local own, cause, code = require("mailseal.host").detect(name, asking)
  if code == "bad_name" then
    return found
  elseif not own then
    return nil, cause, code
  end
  return own.zone ~= found.zone and own or found
end

-- The records as they are typed, and what was found of the zones that they are in.
local function render(found, records, asking)
  local shown, places = {}, {}
  for i, record in ipairs(records) do
    local place, cause, code = place_of(found, record, asking)
    if not place then
      return nil, cause, code
    end
    shown[i], places[i] = require("mailseal.host").render(place.rule, record, place.zone), place
  end
  return shown, places
end

local function are_possible(shown, places)
  for i, one in ipairs(shown) do
    if not one.possible or not places[i].id then
      return false
    end
  end
  return true
end

-- Tells why nothing was found.
local function fail(given, cause, code)
  local exit = exit_statuses[code] or status.TEMPORARY
  if exit == status.USAGE or not given.json then
    status.stop(exit, cause)
  end
  report.tell_fault(given.domain, cause, code)
  return exit
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  load_rules(given)
  given.domain = names.canonical(require("mailseal.domain").to_ascii(given.domain) or given.domain)
  local rule = given.host and named_rule(given.host)
  local asking = { resolver = resolver.open(given), registrable = registrable(given.domain), port = given.port }
  local found, cause, code = require("mailseal.host").detect(given.domain, asking)
  if not found then
    return fail(given, cause, code)
  end
  if rule then
    put_named(found, rule)
  end
  local shown, places
  shown, places, code = render(found, given.record, asking)
  if not shown then
    return fail(given, places, code)
  end
  local show = given.json and report.tell_json or report.tell
  show(given.domain, found, shown, places)
  return found.id and are_possible(shown, places) and status.OK or status.NO
end

return M
