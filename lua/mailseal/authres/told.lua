--- The results of verifying a message as they are told to programs, by the command line and by the service alike.
-- @module mailseal.authres.told
local authres = require "mailseal.authres"
local json = require "mailseal.json"

local M = {}

--- The results of a message without a signature are one that says so (RFC 8601 §2.7.1).
M.NONE = { { method = "dkim", result = "none" } }

local fields = {
  "method", "result", "reason", "text", "domain", "selector", "identity", "algorithm", "key_bits", "octets_unsigned",
  "testing", "authenticated_data", "canonicalization", "headers", "timestamp", "expiration", "in_future", "key_name",
  "header_intact",
}

local function of(results) return results[1] and results or M.NONE end

--- This machine's name, which stands first in Authentication-Results (RFC 8601 §2.5) unless another is told.
-- @treturn string
function M.host_name()
  local file = io.open("/proc/sys/kernel/hostname") or io.open("/etc/hostname")
  local name = file and file:read("*l")
  if file then
    file:close()
  end
  return name and name:match("^[%w%.%-]+$") or "localhost"
end

--- The Authentication-Results field (RFC 8601).
-- @tparam {table,...} results as of `mailseal.dkim`
-- @tparam[opt] string authserv_id (this machine's name)
-- @treturn string without its line end
function M.field(results, authserv_id)
  local field = authres.write { authserv_id = authserv_id or M.host_name(), results = of(results) }
  return (field:gsub("\r\n$", ""))
end

--- The results as JSON has them.
-- @tparam {table,...} results as of `mailseal.dkim`
-- @treturn {table,...} objects of `mailseal.json`
function M.objects(results)
  local list = {}
  for i, result in ipairs(of(results)) do
    result.method = "dkim"
    list[i] = json.pick(result, fields)
  end
  return list
end

--- Does a message's first line end in a bare LF, as on Unix? Then it is verified as if every line ended in CRLF, as it did when it was
-- sent. A line that is longer than the chunk says nothing.
-- @tparam string chunk the beginning of the message
-- @treturn boolean
function M.has_unix_lines(chunk)
  local line_end = chunk:find("\n", 1, true)
  return line_end ~= nil and chunk:sub(line_end - 1, line_end - 1) ~= "\r"
end

return M
