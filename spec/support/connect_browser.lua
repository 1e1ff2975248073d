--- As much of a browser as a customer of examples/domain_connect_provider.lua needs: it keeps cookies, follows to the same host, and fills
-- in forms.
--
--     local customer = browser.open(server.tls, "alice")
--     customer:ask("GET", path)
--     customer:submit { answer = "yes" }
local http_client = require "spec.support.http_client"
local query = require "mailseal.domain_connect.query"

local M = {}
local Browser = {}
Browser.__index = Browser

--- Opens one.
-- @tparam number port of the host, which is dc.stars.example
-- @tparam[opt] string name who is signed in
-- @treturn table
function M.open(port, name)
  local self = setmetatable({ port = port }, Browser)
  if name then self:ask("POST", "/sign-in-stub", query.write { name = name, to = "/templates" }) end
  return self
end

--- Asks the host, and follows where that leads to the same host.
-- @tparam string method
-- @tparam string path
-- @tparam[opt] string body of a form
-- @treturn table the reply: `status`, `headers`, `body`
function Browser:ask(method, path, body)
  local context = require("openssl.ssl.context").new("TLS", false)
  local connection = http_client.connect(self.port, context)
  local reply = assert(connection:request(method, path, {
    Host = "dc.stars.example", Cookie = self.cookie, Connection = "close",
    ["Content-Type"] = body and "application/x-www-form-urlencoded" or nil,
  }, body))
  connection:close()
  self.cookie = (reply.headers["set-cookie"] or ""):match "^[^;]+" or self.cookie
  local to = reply.headers.location
  to = to and (to:match "^https://dc%.stars%.example:?%d*(/.*)$" or to:match "^/[^/].*$")
  if to then return self:ask("GET", to) end
  self.path, self.reply = path, reply
  return reply
end

local ENTITIES = { ["&amp;"] = "&", ["&lt;"] = "<", ["&gt;"] = ">", ["&quot;"] = '"', ["&#39;"] = "'" }
local function unescaped(text) return (text:gsub("&[%w#]+;", ENTITIES)) end

--- Sends the page's form, with what a customer has filled in.
-- @tparam table given by name; "absent" takes a field out
-- @treturn table the reply
function Browser:submit(given)
  local values = {}
  for field in self.reply.body:gmatch "<input[^>]*>" do
    local name, value = field:match 'name="([^"]*)"', field:match 'value="([^"]*)"'
    values[name] = value and unescaped(value) or ""
  end
  for name, value in pairs(given) do values[name] = value ~= "absent" and value or nil end
  local action = unescaped(self.reply.body:match 'action="([^"]*)"')
  return self:ask("POST", action, query.write(values))
end

return M
