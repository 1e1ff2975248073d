--- The address that a customer is led to, where his DNS host asks him whether a template may be applied; and what he comes back with.
-- draft-ietf-dconn-domainconnect §8.3.
-- @module mailseal.domain_connect.apply
local addresses = require "mailseal.fetch.address"
local domains = require "mailseal.domain"
local ids = require "mailseal.domain_connect.ids"
local printable = require "mailseal.printable".line
local query = require "mailseal.domain_connect.query"
local signing = require "mailseal.domain_connect.signing"
local urls = require "mailseal.fetch.url"

local M = {}

-- Octets of an address, which programs on its way still take; of what is displayed; of the state.
local LONGEST, DISPLAYED, STATE = 8000, 255, 1024

local function bad(message) return nil, message, "bad_request" end

local function problem_of_names(options)
  for _, member in ipairs { "provider_id", "service_id" } do
    if not ids.valid(options[member]) then return ("%s is no id of Domain Connect"):format(member) end
  end
  if type(options.domain) ~= "string" or not domains.valid(options.domain) then return "the domain is none" end
  if options.host and not domains.valid(("%s.%s"):format(options.host, options.domain)) then return "the host is none" end
  for _, group in ipairs(options.groups or {}) do
    if not ids.valid(group) then return ('"%s" is no id of a group'):format(printable(tostring(group))) end
  end
end

-- A place on the customer's own machine, where a service is tried out: nobody else is between.
local function is_here(url) return url.host == "localhost" or url.is_address and addresses.kind(url.host) == "loopback" end

--- May a customer be led back to an address? It is to be https, but on his own machine.
-- @tparam string address
-- @tparam[opt] boolean allow_plain may it be http:// anywhere?
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_request`
function M.may_return_to(address, allow_plain)
  local url, message = urls.parse(address)
  if not url then return bad("redirect_uri: " .. message) end
  if url.scheme ~= "https" and not allow_plain and not is_here(url) then return bad "redirect_uri is to be https://" end
  return true
end

local function problem_of_texts(options)
  for _, member in ipairs { "provider_name", "service_name" } do
    local text = options[member]
    if text and (text == "" or #text > DISPLAYED or text:find "%c") then return member .. " cannot be displayed" end
  end
  if options.state and (options.state == "" or #options.state > STATE or options.state:find "[^ -~]") then
    return "the state is to be of printable ASCII"
  end
  local ok, message = true, nil
  if options.redirect_uri then ok, message = M.may_return_to(options.redirect_uri, options.allow_plain) end
  if not ok then return message end
  for name, value in pairs(options.variables or {}) do
    if not ids.variable(name) then return ('"%s" can be the name of no variable'):format(printable(tostring(name))) end
    if type(value) ~= "string" or value:find "[^ -~]" then return ("the variable %s is to be of printable ASCII"):format(name) end
  end
end

local function parameters_of(options)
  local values = {
    domain = options.domain, host = options.host, redirect_uri = options.redirect_uri, state = options.state,
    providerName = options.provider_name, serviceName = options.service_name,
    groupId = options.groups and options.groups[1] and table.concat(options.groups, ",") or nil,
  }
  for name, value in pairs(options.variables or {}) do values[name] = value end
  return values
end

-- The query, signed where there is a key. The two come last, as who verifies takes them out of it.
local function query_of(options)
  local text = query.write(parameters_of(options))
  if not options.key then return text end
  local signature, message, code = signing.sign(options.key, text)
  if not signature then return nil, message, code end
  return ("%s&sig=%s&key=%s"):format(text, query.encode(signature), query.encode(options.key_name))
end

--- The address to lead a customer to, in his own browser. Nothing is asked.
-- @tparam table options
--
-- - `settings`: as of `discover`; `provider_id`, `service_id`: of the template
-- - `domain`: the zone; `host`: the name in it that the template is for, without the zone (none: the zone's own name)
-- - `variables`: texts by name; `groups`: ids of the template's groups (none: all of it)
-- - `redirect_uri`, where he comes back to; `state`, which comes back with him
-- - `provider_name`, `service_name`: to be displayed beside the template's own, where that allows it
-- - `key`, of RSA (`mailseal.key`), and `key_name`, the label below the template's `syncPubKeyDomain` at which its public half is
-- - `allow_plain`: `redirect_uri` may be http://, which it may be in any case on this machine (localhost)
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_request`, `too_long`; of signing `sign_failed`, `no_memory`
function M.url(options)
  if type(options) ~= "table" or type(options.settings) ~= "table" or not options.settings.url_sync then
    error("apply_url wants settings as of discover", 2)
  elseif options.key and not (type(options.key_name) == "string" and ids.label(options.key_name)) then
    error("apply_url wants key_name, a label, with a key", 2)
  end
  local problem = problem_of_names(options) or problem_of_texts(options)
  if problem then return bad(problem) end
  local text, message, code = query_of(options)
  if not text then return nil, message, code end
  local url = ("%s/v2/domainTemplates/providers/%s/services/%s/apply?%s"):format(
    options.settings.url_sync, query.encode(options.provider_id), query.encode(options.service_id), text)
  if #url > LONGEST then return nil, ("the address has %d octets, and %d are safe"):format(#url, LONGEST), "too_long" end
  return url
end

-- RFC 6749 §4.1.2.1, for people.
local ERRORS = {
  access_denied = "the DNS host says that it was not agreed to", server_error = "the DNS host has failed",
  temporarily_unavailable = "the DNS host cannot do it just now", invalid_request = "the DNS host does not take the request",
  unauthorized_client = "the DNS host does not take such requests from us",
}

--- What a customer has come back with. It is told, and never believed: anybody can write such an address, and DNS alone says what there is.
-- @tparam string text the query of `redirect_uri`, what stands behind the question mark
-- @treturn[1] table `outcome`: "done", "cancelled" or "failed", as it says; `state`; `error`, and `description` (both printable) where
--   it says so; `text`, a sentence
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `bad_query`
function M.returned(text)
  local values, message, code = query.read(text)
  if not values then return nil, message, code end
  local failure = values.error or (values.success == "0" or values.success == "false") and "server_error" or nil
  local description = values.error_description and printable(values.error_description:sub(1, 300))
  if not failure then
    return { outcome = "done", state = values.state, text = "the DNS host says that it was done" }
  end
  local cancelled = failure == "access_denied"
  return {
    outcome = cancelled and "cancelled" or "failed", state = values.state, error = printable(failure:sub(1, 60)),
    description = description, text = ERRORS[failure] or "the DNS host says that it was not done",
  }
end

return M
