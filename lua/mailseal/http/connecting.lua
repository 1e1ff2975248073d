--- Domain Connect, as the service offers it: whose templates DNS hosts have been given, whether a domain's host is among those, and how a
-- customer comes back from it.
--
-- He is sent away with a state that only this service can have made, for this domain. What he comes back with is told where he brings it
-- along, and believed in no case: DNS says what there is.
-- @module mailseal.http.connecting
local async = require "mailseal.async"
local costly = require "mailseal.http.costly"
local domain_connect = require "mailseal.domain_connect"
local escapes = require "mailseal.http.escapes"
local fields = require "mailseal.onboard.fields"
local ids = require "mailseal.domain_connect.ids"
local keys = require "mailseal.key"
local kinds = require "mailseal.dns.options"
local live = require "mailseal.http.live"
local onboard_connecting = require "mailseal.onboard.publishing.connecting"
local parcel = require "mailseal.http.parcel"

local M = {}

--- The way's name.
M.VIA = onboard_connecting.VIA

-- Seconds in which it is to be found out whether a DNS host takes part; and for which that is known then.
local PATIENCE, FRESH = 6, 30

-- ---- what whoever runs the service has said

local function text(what) return kinds.of_type("string", what) end

local known = {
  provider_id = { ids.valid, "the id of the templates' owner" }, service_id = { ids.valid, "the id of a template" },
  provider_name = text "a name", service_name = text "a name", redirect_uri = text "an address", state = text "a text",
  key = kinds.any, key_file = text "a file's name", key_name = { ids.label, "a label" }, allow_plain = kinds.flag,
  fetch = kinds.of_type("table", "options of mailseal.fetch"),
}

local function load_key(given)
  if not given.key_file then return given.key end
  local key, message = keys.load_file(given.key_file)
  if not key then error(("http.new: the key of %s: %s"):format(M.VIA, message), 4) end
  return key
end

--- What `http.new` was told of it, its key read.
-- @tparam ?table given options of `tenant:plan` by this way; `key_file`: in place of `key`, where it is (PEM)
-- @treturn ?table options of `tenant:plan`; nil where nothing was told
-- @raise where it makes no sense
function M.own(given)
  if not given then return nil end
  kinds.check("http.new's publish[\"domain-connect\"]", given, known)
  if not given.provider_id then error("http.new wants provider_id of domain-connect, the owner of the templates", 3) end
  local own = fields.joined(given, { key = load_key(given) })
  own.key_file = nil
  if (own.key == nil) ~= (own.key_name == nil) then error("http.new wants key and key_name of domain-connect together", 3) end
  return own
end

-- ---- whether it is to be had

-- The name of a domain's DNS host; "" where it takes no part, or does not know the template, or does not say.
local function ask(call, domain)
  local registry = call.service:registry_of_worker()
  local name = async.within(PATIENCE, function()
    local row = registry:perform("publishing.steps", "load", call.tenant.id, domain)
    local host = row and row.domain and onboard_connecting.host(registry, domain, row, call.service.connect)
    return host and host.provider_name
  end)
  return name or ""
end

--- What a domain's DNS host offers. It waits for others, and not for long; what they have said is known for a while, so that nobody has
-- them asked by loading a page.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam string domain as it is stored
-- @treturn ?table `provider_name`; nil where it takes no part, or does not know the template, or does not say
function M.offered(call, domain)
  if not call.service.connect then return nil end
  local dict, key = live.of(call.service).dict, ("connect:%d:%s:%s"):format(#call.tenant.id, call.tenant.id, domain)
  local name = dict:get(key)
  if not name and costly.take(call) then
    name = ask(call, domain)
    dict:set(key, name, FRESH)
  end
  return name and name ~= "" and { provider_name = name } or nil
end

-- ---- there and back

-- What a state is good for.
local function about(call) return "return " .. call.path.domain end

-- Where browsers find the service: as its options say, or as the page says that asks, which is held to be this host's by then.
local function origin_of(call)
  local url = call.service.options.url
  if url then return url end
  return not call.headers.authorization and call.headers.origin or nil
end

-- Where somebody comes back to from his DNS host: the page, where browsers find it.
local function return_address(call)
  local origin, path = origin_of(call), call.service:path("page", "/domains/")
  local address = origin and path and ("%s%s%s/setup/return"):format(origin, path, escapes.encode(call.path.domain))
  return address and domain_connect.may_return_to(address) and address or nil
end

--- What `tenant:plan` is told beside what whoever asks has said.
-- @tparam table call
-- @treturn ?table nil where the service has no templates at DNS hosts
function M.options(call)
  local own = call.service.connect
  if not own then return nil end
  local address = return_address(call)
  return fields.joined(address and { redirect_uri = address, state = parcel.seal(call, about(call), {}) }, own)
end

--- What somebody says who comes back from his DNS host.
-- @tparam string query of the address that he comes back by, as it is: a DNS host may have put anything there
-- @treturn table `outcome`: as of `mailseal.domain_connect.returned`; `state`; empty where it cannot be read
function M.said(query)
  local told = domain_connect.returned(query)
  return told and { outcome = told.outcome, state = told.state } or {}
end

--- Was he sent away from here, for this domain, and not too long ago?
-- @tparam table call
-- @tparam ?string state
-- @treturn boolean
function M.is_ours(call, state) return parcel.open(call, about(call), state) ~= nil end

return M
