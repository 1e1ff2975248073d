--- The names that Domain Connect has for things (draft-ietf-dconn-domainconnect §3).
-- @module mailseal.domain_connect.ids
local M = {}

-- What a query says beside the values of variables, and what stands for the domain in a template: the names of no variables.
local RESERVED = {}
for name in ([[
  providerId serviceId domain host fqdn redirect_uri state providerName serviceName groupId instanceId sig key crit client_id response_type
  scope success error error_description
]]):gmatch "%S+" do
  RESERVED[name:lower()] = true
end

--- Is it the id of a provider, a service or a group?
-- @tparam any text
-- @treturn boolean
function M.valid(text) return type(text) == "string" and #text <= 63 and text:find "^[%w._-]+$" ~= nil end

--- Can it be the name of a variable?
-- @tparam any text
-- @treturn boolean
function M.variable(text)
  return type(text) == "string" and #text <= 63 and text:find "^[%w_-]+$" ~= nil and not RESERVED[text:lower()]
end

--- Is it one label of a name, as a key is published at?
-- @tparam any text
-- @treturn boolean
function M.label(text) return type(text) == "string" and #text <= 63 and text:find "^[%w_][%w_-]*$" ~= nil end

return M
