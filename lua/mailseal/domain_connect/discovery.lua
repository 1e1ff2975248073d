--- Which DNS host of a domain takes part in Domain Connect, and which templates it knows (draft-ietf-dconn-domainconnect §7, §8.2).
--
-- The zone says at `_domainconnect` whom to ask, and whoever runs the zone may have written anything there: so what it names is asked by
-- `mailseal.fetch` alone, and what is answered is held to its form, to https and to public addresses (hostile-input.md, Service 11).
-- @module mailseal.domain_connect.discovery
local addresses = require "mailseal.fetch.address"
local domains = require "mailseal.domain"
local fetch = require "mailseal.fetch"
local ids = require "mailseal.domain_connect.ids"
local printable = require "mailseal.printable".line
local query = require "mailseal.domain_connect.query"
local reader = require "mailseal.json.reader"
local urls = require "mailseal.fetch.url"
local zone_cut = require "mailseal.dns.zone_cut"

local M = {}

-- Records at _domainconnect that are tried; redirects that are followed; octets of a name for people; name servers that are told.
local TRIED, REDIRECTS, DISPLAYED, SERVERS = 3, 2, 255, 20

-- Codes of `mailseal.fetch` that say that nobody is there, or not now; the others say that what is there is not to be asked.
local AWAY = { no_such_host = true, unreachable = true, timeout = true, dns_failed = true, closed = true }

-- ---- asking

local function get(url, options)
  local given = { url = url, resolver = options.resolver, redirects = REDIRECTS, headers = { Accept = "application/json" } }
  for name, value in pairs(options.fetch or {}) do given[name] = value end
  return fetch.request(given)
end

-- An address that begins others: https, without a query and with nothing in it that two programs read in two ways.
local function prefix_of(text, options)
  if type(text) ~= "string" or text:find "[?#]" then return nil end
  local url = urls.parse(text)
  if not url or url.is_address or url.scheme ~= "https" and not (options.fetch or {}).allow_plain then return nil end
  return (url.text:gsub("/+$", "")), url
end

-- ---- the record in the zone

-- What a record names, as the beginning of an address; nil where it is none.
local function place_of(text, options)
  if text == "" or #text > DISPLAYED or text:find "[^!-~]" or text:find "://" or text:find "[?#@]" then return nil end
  local plain = (options.fetch or {}).allow_plain
  return (prefix_of((plain and "http://" or "https://") .. text, options))
end

local function places(answer, options)
  local list, seen = {}, {}
  for _, record in ipairs(answer.records or {}) do
    local place = #list < TRIED and place_of(table.concat(record.strings or { record.text }), options)
    if place and not seen[place] then
      list[#list + 1], seen[place] = place, true
    end
  end
  return list
end

local function look_up(zone, options)
  local name = "_domainconnect." .. zone
  local answer = options.resolver:query(name, "TXT")
  if answer.status ~= "ok" then
    if answer.status == "nodata" or answer.status == "nxdomain" then
      return nil, ("%s has no record _domainconnect: its DNS host takes no part in Domain Connect, or not with it"):format(zone),
        "not_supported"
    end
    return nil, ("DNS does not say just now what is at %s (%s)"):format(name, answer.status), "dns_failed"
  end
  local list = places(answer, options)
  if not list[1] then
    return nil, ("what is at %s names no place to ask"):format(name), "bad_record"
  end
  return list
end

-- ---- settings

local function shown(text)
  return type(text) == "string" and text ~= "" and printable(text:sub(1, DISPLAYED)) or nil
end

local UNDERSTOOD = {}
for name in ([[
  providerId providerName providerDisplayName urlSyncUX urlAPI urlControlPanel nameServers width height crit
]]):gmatch "%S+" do
  UNDERSTOOD[name] = true
end

-- The name of a member that has to be understood, and is not.
local function not_understood(settings)
  if settings.crit == nil then return nil end
  if getmetatable(settings.crit) ~= reader.LIST then return "crit" end
  for _, name in ipairs(settings.crit) do
    if type(name) ~= "string" or settings[name] ~= nil and not UNDERSTOOD[name] then return tostring(name) end
  end
end

-- May a browser be led there? Nobody connects from here, so that `mailseal.fetch` does not judge it.
local function problem_of_place(url, options)
  if (options.fetch or {}).allow_private then return nil end
  for _, kind in ipairs { "A", "AAAA" } do
    local answer = options.resolver:query(url.host, kind)
    for _, record in ipairs(answer.status == "ok" and answer.records or {}) do
      local allowed, what = addresses.is_allowed(record.address)
      if not allowed then return ("%s has the address %s (%s)"):format(url.host, record.address, what or "unknown") end
    end
  end
end

local function name_servers_of(settings)
  local list = {}
  for i, name in ipairs(getmetatable(settings.nameServers) == reader.LIST and settings.nameServers or {}) do
    local ascii = type(name) == "string" and i <= SERVERS and domains.to_ascii((name:gsub("%.$", "")))
    list[#list + 1] = ascii or nil
  end
  return list
end

local function control_panel_of(settings, zone, options)
  local text = settings.urlControlPanel
  if type(text) ~= "string" then return nil end
  local url = urls.parse((text:gsub("%%domain%%", function() return query.encode(zone) end)))
  return url and (url.scheme == "https" or (options.fetch or {}).allow_plain) and url.text or nil
end

local function bad(message) return nil, "the DNS host's settings make no sense: " .. message, "bad_settings" end

--- What settings say, held to their form.
-- @tparam string body JSON
-- @tparam string zone
-- @tparam table options as of @{discover}
-- @treturn[1] table as of @{discover}, but for `zone` and `host`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with them
-- @treturn[2] string `bad_settings`, `no_sync`
function M.judge(body, zone, options)
  local settings, message = reader.decode(body)
  if settings == nil then return bad(message) end
  if getmetatable(settings) ~= reader.OBJECT then return bad "they are no object" end
  local id, name = settings.providerId, shown(settings.providerName)
  if not ids.valid(id) or id:lower() == "none" then return bad "providerId is none" end
  if not name then return bad "providerName is none" end
  local unknown = not_understood(settings)
  if unknown then return bad(("%s would have to be understood"):format(printable(unknown:sub(1, 60)))) end
  local api = prefix_of(settings.urlAPI, options)
  if not api then return bad "urlAPI is no address of https" end
  if settings.urlSyncUX == nil or settings.urlSyncUX == reader.null or settings.urlSyncUX == "" then
    return nil, ("%s takes part in Domain Connect, but not by leading a customer there"):format(name), "no_sync"
  end
  local sync, url = prefix_of(settings.urlSyncUX, options)
  if not sync then return bad "urlSyncUX is no address of https" end
  local problem = problem_of_place(url, options)
  if problem then return bad("urlSyncUX: " .. problem) end
  return {
    provider_id = id, provider_name = shown(settings.providerDisplayName) or name, url_sync = sync, url_api = api,
    control_panel = control_panel_of(settings, zone, options), name_servers = name_servers_of(settings),
  }
end

local function ask(place, zone, options)
  local answer, message, code = get(("%s/v2/%s/settings"):format(place, query.encode(zone)), options)
  if not answer then
    if AWAY[code] then return nil, message, code end
    return nil, "the DNS host cannot be asked: " .. message, "bad_settings"
  elseif answer.status == 404 then
    return nil, ("%s does not have %s: its record _domainconnect is left over from an earlier DNS host"):format(
      printable(place), zone), "stale"
  elseif answer.status < 200 or answer.status > 299 then
    return nil, ("%s answers %d"):format(printable(place), answer.status), answer.status >= 500 and "unreachable" or "bad_settings"
  end
  return M.judge(answer.body, zone, options)
end

-- ---- the whole

-- The zone that a domain is in, and what stands before it.
local function zone_of(domain, options)
  local zone = options.zone
  if not zone then
    local found, message, code = zone_cut.find(options.resolver, domain)
    if not found then return nil, message, code == "no_zone" and code or "dns_failed" end
    zone = found
  end
  zone = zone:gsub("%.$", ""):lower()
  if domain == zone then return zone end
  if domain:sub(-#zone - 1) ~= "." .. zone then error(("%s is not within %s"):format(domain, zone), 3) end
  return zone, domain:sub(1, -#zone - 2)
end

local function check(domain, options, what)
  if type(options) ~= "table" or type(options.resolver) ~= "table" then error(what .. " wants options with a resolver", 3) end
  if type(domain) ~= "string" then error(what .. " wants a domain", 3) end
end

--- Asks the DNS host of a domain for its settings.
-- @tparam string domain in lower-case A-labels
-- @tparam table options `resolver`; `zone`, where it is known; `fetch`: options of `mailseal.fetch` beside its own (`allow_private`,
--   `ca_file`, `timeout`; `allow_plain`: by http:// alone, which no DNS host is to be asked by)
-- @treturn[1] table `provider_id`, `provider_name` (for people); `zone`, `host` (what stands before the zone; nil where nothing does);
--   `url_sync`, `url_api`; `name_servers`, a list; `control_panel`, an address, where it names one
-- @treturn[2] nil
-- @treturn[2] string why there are none
-- @treturn[2] string `not_supported` (no such record), `stale` (there is one, and whom it names does not have the zone), `no_sync`,
--   `bad_record`, `bad_settings`, `no_zone`; `dns_failed`, `no_such_host`, `unreachable`, `timeout`, `closed`: later may go well
function M.discover(domain, options)
  check(domain, options, "discover")
  local zone, host, code = zone_of(domain, options)
  if not zone then return nil, host, code end
  local list, message
  list, message, code = look_up(zone, options)
  if not list then return nil, message, code end
  local first, first_code
  for _, place in ipairs(list) do
    local settings
    settings, message, code = ask(place, zone, options)
    if settings then
      settings.zone, settings.host = zone, host
      return settings
    end
    -- What may be otherwise later is more than what is so.
    if not first or AWAY[code] and not AWAY[first_code] then first, first_code = message, code end
  end
  return nil, first, first_code
end

--- Does a DNS host know a template?
-- @tparam table settings as of @{discover}
-- @tparam string provider_id
-- @tparam string service_id
-- @tparam table options as of @{discover}
-- @treturn[1] table `version`, a number, where it tells
-- @treturn[2] nil
-- @treturn[2] string why not
-- @treturn[2] string `template_unknown`, `bad_answer`; `unreachable` and the other codes of `mailseal.fetch`
function M.supports(settings, provider_id, service_id, options)
  if type(settings) ~= "table" or not settings.url_api then error("supports wants settings as of discover", 2) end
  check(provider_id, options, "supports")
  if not (ids.valid(provider_id) and ids.valid(service_id)) then error("supports wants ids of a provider and a service", 2) end
  local answer, message, code = get(("%s/v2/domainTemplates/providers/%s/services/%s"):format(
    settings.url_api, query.encode(provider_id), query.encode(service_id)), options)
  if not answer then return nil, message, code end
  if answer.status == 404 then
    return nil, ("%s does not know the template %s of %s"):format(settings.provider_name, service_id, provider_id), "template_unknown"
  elseif answer.status < 200 or answer.status > 299 then
    return nil, ("%s answers %d"):format(settings.provider_name, answer.status), answer.status >= 500 and "unreachable" or "bad_answer"
  end
  local told = reader.decode(answer.body)
  local version = getmetatable(told) == reader.OBJECT and tonumber(told.version) or nil
  return { version = version }
end


return M
