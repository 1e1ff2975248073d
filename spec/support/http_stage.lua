--- A service without nginx: the routes as they are, over a registry in memory and a zone in a table, with a clock that the tests move.
--
--     local stage = http_stage.new { zone = { … } }
--     local reply = stage:get "/v1/domains"                        -- status, headers, type, body; json, where it is some
--     stage:as("rival"):get "/v1/domains/mail.example.com"         -- who asks
local bodies = require "mailseal.http.body"
local cjson = require "cjson.safe"
local dns = require "mailseal.dns"
local http = require "mailseal.http"
local onboard = require "mailseal.onboard"
local openapi = require "spec.support.openapi"

local M = {}

--- What a domain of the tests is created with.
M.DOMAIN = "mail.example.com"

local Stage = {}
Stage.__index = Stage

--- Makes one.
-- @tparam[opt] table options `zone`: as of `mailseal.dns.zone`; `service`: further options of `http.new`; `registry`: of `onboard.open`;
--   `described`: false where it is the page that is asked, which openapi.json says nothing of
-- @treturn table
function M.new(options)
  options = options or {}
  local self = setmetatable({ time = 1800000000, tenant_id = "acme" }, Stage) -- also `peer`, `is_operator`: who asks
  -- Each answer is held against openapi.json.
  self.is_described = options.described ~= false and (not options.service or options.service.api == nil)
  local zone = options.zone or {}
  local opened = { db = "sqlite::memory:", clock = function() return self.time end, resolver = assert(dns.resolver { zone = zone }) }
  for name, value in pairs(options.registry or {}) do opened[name] = value end
  self.registry, self.zone = assert(onboard.open(opened)), zone
  local function authenticate()
    return self.tenant_id and { tenant = self.tenant_id, actor = "a test", operator = self.is_operator }
  end
  local given = { registry = self.registry, authenticate = authenticate }
  for name, value in pairs(options.service or {}) do given[name] = value end
  self.service = http.new(given)
  return self
end

--- The same service, asked by somebody else.
-- @tparam ?string tenant nil for nobody
-- @treturn table
function Stage:as(tenant)
  local outer = self
  return setmetatable({}, { __index = function(_, name)
    if name == "ask" then
      return function(_, ...)
        local before = outer.tenant_id
        outer.tenant_id = tenant
        local reply = outer:ask(...)
        outer.tenant_id = before
        return reply
      end
    end
    return outer[name]
  end })
end

local function sent(body, headers)
  if type(body) == "table" then
    headers["content-type"] = headers["content-type"] or "application/json"
    body = next(body) == nil and "{}" or cjson.encode(body)
  end
  if body then headers["content-length"] = headers["content-length"] or tostring(#body) end
  return body
end

--- Asks.
-- @tparam string method
-- @tparam string target path and query
-- @tparam[opt] string|table body octets, or what is sent as JSON
-- @tparam[opt] table headers by name in small letters
-- @treturn table the reply; `json`: its body, decoded
function Stage:ask(method, target, body, headers)
  local fields = {}
  for name, value in pairs(headers or {}) do fields[name] = value end
  local octets = sent(body, fields)
  local reply = self.service:answer {
    method = method, target = target, headers = fields, peer = self.peer and function() return self.peer end or nil,
    read = function(limit)
      if #(octets or "") > limit then return nil, ("what is sent has more than %d octets"):format(limit), "too_large" end
      return bodies.new { octets = octets or "" }
    end,
  }
  if self.is_described and not reply.run then openapi.check(method, target, reply) end
  reply.json = reply.type and reply.type:find "json" and cjson.decode(reply.body) or nil
  return reply
end

for _, method in ipairs { "GET", "DELETE", "HEAD", "OPTIONS" } do
  Stage[method:lower()] = function(self, target, headers) return self:ask(method, target, nil, headers) end
end

for _, method in ipairs { "POST", "PUT", "PATCH" } do
  Stage[method:lower()] = function(self, target, body, headers) return self:ask(method, target, body, headers) end
end

--- Creates a domain.
-- @tparam[opt] string domain
-- @treturn table the reply
function Stage:create(domain)
  local reply = self:post("/v1/domains", {
    domain = domain or M.DOMAIN, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
  })
  return reply.status == 201 and reply or error(reply.body, 2)
end

--- Ends it.
function Stage:close() self.registry:close() end

return M
