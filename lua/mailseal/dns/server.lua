--- How a server is named: "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353".
-- @module mailseal.dns.server
local rdata = require "mailseal.core".dns.rdata

local M = {}

local A, AAAA = 1, 28

--- Takes a server's name apart. Whether the address is one, whoever uses it finds out.
-- @tparam string text
-- @treturn ?string its address
-- @treturn number its port, 53 where none is named; or what is wrong
-- @treturn ?string `bad_server`
function M.parse(text)
  if type(text) == "string" then
    local address, port = text:match "^%[([%x:.]+)%]:(%d+)$"
    if not address then address, port = text:match "^([%d.]+):(%d+)$" end
    if not address then address = text:match "^%[([%x:.]+)%]$" or text:match "^[%x:.]+$" end
    port = tonumber(port or 53)
    if address and port >= 1 and port <= 65535 then return address, port end
  end
  return nil, ("\"%s\" is not the address of a server"):format(tostring(text)), "bad_server"
end

--- Takes a list of servers, of which a transport is to know each.
-- @tparam any list what a program has given for it
-- @tparam function know called with each name; returns nil, a message and a code where it is none
-- @treturn ?table a list of the same names
-- @treturn ?string what is wrong
-- @treturn ?string `bad_server`, or the code that `know` returned
function M.list(list, know)
  if type(list) ~= "table" or #list == 0 then
    return nil, "servers must be a list of one or more addresses", "bad_server"
  end
  local names = {}
  for i, name in ipairs(list) do
    local known, message, code = know(name)
    if not known then return nil, message, code end
    names[i] = name
  end
  return names
end

-- By code, why a server has given no answer.
local failures = {
  timeout = "%s does not answer",
  queued = "the time was over before it was the query's turn to be sent to %s",
  unreachable = "%s cannot be reached",
  no_memory = "out of memory while asking %s",
  failed = "asking %s failed",
  bad_message = "the reply of %s cannot be read",
  tcp_failed = "%s truncates its answer, and does not give it over TCP",
  closed = "%s is not asked any more",
}

--- Says why a server has given no answer, as a transport returns it.
-- @tparam string text the server's name
-- @tparam string code `timeout`, `queued`, `unreachable`, `no_memory`, `bad_message`, `tcp_failed`, `closed`; any other is a failure
-- @tparam[opt] string detail what the system says of such a failure
-- @treturn nil
-- @treturn string a message
-- @treturn string the code
function M.failure(text, code, detail)
  local words = failures[code]
  if words and code ~= "failed" then return nil, words:format(text), code end
  return nil, failures.failed:format(text) .. (detail and ": " .. detail or ""), code
end

--- Is it a server's name, its address being one that the system can read?
-- @tparam string text
-- @treturn boolean
function M.is_server(text)
  local address = M.parse(text)
  return address ~= nil and (rdata(A, { address }) or rdata(AAAA, { address })) ~= nil
end

--- Is a server on this machine, so that nobody stands between?
-- @tparam string text a server's name
-- @treturn boolean
function M.is_loopback(text)
  local address = M.parse(text)
  return address ~= nil and (address:find "^127%." or address == "::1") and true or false
end

return M
