--- What `mailseal host` has found, for people and as JSON.
-- @module mailseal.cli.host_report
local json = require "mailseal.cli.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"

local M = {}

-- What was found, in a word.
local function state_of(found)
  return found.id and "found" or found.split and "split" or found.ambiguous and "ambiguous" or "unknown"
end

-- ---- JSON.

--- Prints what was found as JSON.
-- @tparam string domain
-- @tparam table found as `host.detect` returns it
-- @tparam {table,...} shown as `host.render` returns them
function M.tell_json(domain, found, shown)
  output.line(json.encode(json.object(
    "domain", domain,
    "status", state_of(found),
    "id", found.id,
    "name", found.name,
    "zone", found.zone,
    "name_servers", found.name_servers,
    "name_servers_from", found.name_servers_from,
    "own_name_servers", found.own_name_servers,
    "alternatives", found.alternatives,
    "ambiguous", found.ambiguous,
    "split", found.split,
    "automatic", found.automatic,
    "help", found.rule and found.rule.help,
    "rule", found.rule and json.plain(found.rule),
    "records", json.plain(shown)
  )))
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
  paint.line(paint.paint("strong", name) .. (" "):rep(NAMES - #name), NAMES, value, style)
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

local function tell_host(found)
  local state = state_of(found)
  line("host", words[state](found), state ~= "found" and "yellow" or nil)
  line("zone", found.zone)
  local servers = #found.name_servers > 0 and table.concat(found.name_servers, ", ") or "none"
  line("name servers", servers)
  if found.own_name_servers then
    line("", ("the zone itself names others: %s"):format(table.concat(found.own_name_servers, ", ")), "yellow")
  end
end

local ways = { domain_connect = "Domain Connect", api = "an API" }

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

local function tell_record(shown)
  output.line ""
  paint.line(paint.paint("strong", shown.type) .. " ", #shown.type + 1, shown.full)
  if not shown.possible then
    paint.line("  " .. paint.paint("red", "cannot be set") .. ": ", 17, shown.why)
    paint.line("  instead: ", 11, shown.instead)
  end
  for _, field in ipairs(shown.fields) do
    local value = field.value == "" and "(leave it empty)" or field.value or "(as the provider shows it)"
    paint.line("  " .. field.label .. (" "):rep(LABELS - #field.label), LABELS + 2, value)
  end
  for _, note in ipairs(shown.notes) do
    paint.line("  - ", 4, note)
  end
end

--- Prints what was found.
-- @tparam string domain
-- @tparam table found as `host.detect` returns it
-- @tparam {table,...} shown as `host.render` returns them
function M.tell(domain, found, shown)
  line("domain", domain)
  tell_host(found)
  tell_automatic(found)
  tell_names(found)
  if found.rule then
    tell_pitfalls(found.rule)
    line("help", found.rule.help or "no page of its own is known")
    tell_sources(found.rule)
  end
  for _, one in ipairs(shown) do
    tell_record(one)
  end
end

return M
