--- What `mailseal host` has found, for people and as JSON.
-- @module mailseal.cli.host_report
local json = require "mailseal.json"
local objects = require "mailseal.host.objects"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local text = require "mailseal.cli.text"

local M = {}

-- ---- JSON.

--- Prints what was found as JSON.
-- @tparam string domain
-- @tparam table found as `host.detect` returns it
-- @tparam {table,...} shown as `host.render` returns them
function M.tell_json(domain, found, shown)
  output.line(json.encode(json.add(objects.found(domain, found), "records", json.plain(shown))))
end

--- Prints as JSON why nothing was found.
-- @tparam string domain
-- @tparam string cause
-- @tparam string code as of `host.detect`
function M.tell_fault(domain, cause, code)
  local word = code == "not_delegated" and code or "temperror"
  output.line(json.encode(json.object("domain", domain, "status", word, "reason", code, "text", cause)))
end

-- ---- For people.

-- The columns in which the values start, and those of a record's.
local NAMES, LABELS = 14, 30

local function line(name, value, style)
  paint.line((name == "" and "" or paint.paint("strong", name)) .. (" "):rep(NAMES - #name), NAMES, value, style)
end

-- The names of hosts, by their ids.
local function names_of(ids)
  local list = {}
  for i, id in ipairs(ids) do
    local rule = require("mailseal.host").find(id)
    list[i] = rule and rule.name or id
  end
  return table.concat(list, ", ")
end

local words = {
  unknown = function() return "not known: no rule fits its name servers" end,
  ambiguous = function(found) return "not to be told apart by the name servers: " .. names_of(found.ambiguous) end,
  split = function(found)
    return ("split delegation: the name servers are not all one host's (%s), and records have to be set at each of them"):format(
      names_of(found.split)
    )
  end,
  found = function(found)
    local others = found.alternatives and ", or maybe " .. names_of(found.alternatives) or ""
    return found.name .. (found.named and ", as --host says" or others)
  end,
}

-- What to do where the name servers do not tell.
local function tell_choice(found)
  if found.ambiguous then
    line("", ("whoever knows which it is says so: --host %s"):format(table.concat(found.ambiguous, ", or --host ")))
  elseif not found.id and not found.split then
    line("", "many hosts have their customers use cPanel or Plesk: --host cpanel, or --host plesk, shows how records are typed there")
  end
end

local function tell_host(found)
  local state = objects.state(found)
  line("host", words[state](found), state ~= "found" and "yellow" or nil)
  tell_choice(found)
  line("zone", found.zone)
  local servers = #found.name_servers > 0 and table.concat(found.name_servers, ", ") or "none"
  line("name servers", servers)
  if found.fault then
    local sentence = "they say nothing for the domain now (%s): it may have been moved, and the new host has no zone for it yet"
    line("", sentence:format(found.fault), "yellow")
  end
  if found.own_name_servers then
    line("", ("the zone itself names others: %s"):format(table.concat(found.own_name_servers, ", ")), "yellow")
  end
end

local ways = { domain_connect = "Domain Connect, where the provider offers it", api = "an API, for programs" }

local function tell_automatic(found)
  for i, way in ipairs(found.automatic or {}) do
    local fact = found.rule[way]
    local more = {}
    more[1] = fact.flows and table.concat(fact.flows, " and ")
    more[#more + 1] = fact.note
    line(i == 1 and "automatic" or "", ways[way] .. (more[1] and (" (%s)"):format(table.concat(more, "; ")) or ""))
  end
end

-- How names are typed there, by the example of a record below the zone and of one at its apex.
local function tell_names(found)
  for i, name in ipairs { "selector._domainkey." .. found.zone, found.zone } do
    local shown = require("mailseal.host").render(found.rule, { type = "TXT", name = name }, found.zone)
    line(i == 1 and "names" or "", shown.notes[1])
  end
end

local function tell_pitfalls(rule)
  for i, pitfall in ipairs(rule.pitfalls or {}) do
    local about = pitfall.types and table.concat(pitfall.types, ", ") .. ": " or ""
    line(i == 1 and "mind" or "", about .. pitfall.text)
  end
end

local function tell_sources(rule)
  local unsure = {}
  for member, confidence in pairs(rule.less_sure or {}) do
    unsure[#unsure + 1] = ("%s (%s)"):format((member:gsub("_", " ")), confidence)
  end
  table.sort(unsure)
  line("facts", ("%s, checked on %s"):format(rule.confidence, rule.checked_on))
  if unsure[1] then
    line("", "less sure: " .. table.concat(unsure, ", "))
  end
end

-- How many columns a text takes: as many as it has characters that begin in it (RFC 3629 §3).
local function width_of(label)
  return select(2, label:gsub("[^\128-\191]", ""))
end

-- A value stands on one line, however long: it is there to be copied, and a line's end in it would be copied along.
local function tell_field(field)
  local label = text.printable(field.label)
  local value = field.value == "" and "(leave it empty)" or field.value or "(as the provider shows it)"
  output.line("  ", label, (" "):rep(math.max(LABELS - width_of(label), 1)), text.printable(value))
end

-- What may be entered in spite of what is in the way: by the host's support.
local at_support = { underscore_cname = true }

local function tell_record(shown, place, found)
  output.line ""
  paint.line(paint.paint("strong", shown.type) .. " ", #shown.type + 1, shown.full)
  if place ~= found then
    local host = place.name or "a DNS host that is not known"
    paint.line("  ", 2, ("is in a zone of its own, %s, and has to be set there: at %s"):format(shown.zone, host), "yellow")
  end
  if not shown.possible then
    paint.line("  " .. paint.paint("red", "cannot be set") .. ": ", 17, shown.why)
    paint.line("  instead: ", 11, shown.instead)
  end
  for _, field in ipairs((shown.possible or at_support[shown.code]) and shown.fields or {}) do
    tell_field(field)
  end
  for _, note in ipairs(shown.notes) do
    paint.line("  - ", 4, note)
  end
end

--- Prints what was found.
-- @tparam string domain
-- @tparam table found as `host.detect` returns it
-- @tparam {table,...} shown as `host.render` returns them
-- @tparam {table,...} places what was found of the zones that they are in
function M.tell(domain, found, shown, places)
  line("domain", domain)
  tell_host(found)
  tell_automatic(found)
  tell_names(found)
  if found.rule then
    tell_pitfalls(found.rule)
    line("help", found.rule.help or "no page of its own is known")
    tell_sources(found.rule)
  end
  for i, one in ipairs(shown) do
    tell_record(one, places[i], found)
  end
end

return M
