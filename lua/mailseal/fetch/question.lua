--- A request of HTTP/1.1, written (RFC 9112 §3).
-- @module mailseal.fetch.question
local M = {}

--- The methods that may be asked by; true for those that ask for nothing to be changed, which follow redirects.
M.METHODS = { GET = true, HEAD = true, POST = false, PUT = false, PATCH = false, DELETE = false }

-- Fields that are written here.
local OURS = { host = true, connection = true, ["content-length"] = true, ["transfer-encoding"] = true, expect = true, te = true,
  upgrade = true, trailer = true }

local function is_field(name, value)
  if type(name) ~= "string" or type(value) ~= "string" or OURS[name:lower()] then return false end
  return name:find "^[!#$%%&'*+.^_`|~%w-]+$" and not value:find "[%z\1-\8\10-\31\127]"
end

--- Are these fields that can be sent?
-- @tparam table headers by name
-- @treturn boolean
-- @treturn ?string which is none
function M.check_headers(headers)
  for name, value in pairs(headers) do
    if not is_field(name, value) then return false, tostring(name) end
  end
  return true
end

--- Writes a request.
-- @tparam table url as of `mailseal.fetch.url.parse`
-- @tparam table options `method`, `headers` (by name), `body`
-- @treturn string
function M.write(url, options)
  local lines, has, names = { ("%s %s HTTP/1.1"):format(options.method, url.target), "Host: " .. url.authority }, {}, {}
  for name in pairs(options.headers or {}) do
    names[#names + 1], has[name:lower()] = name, true
  end
  table.sort(names)
  for _, name in ipairs(names) do lines[#lines + 1] = name .. ": " .. options.headers[name] end
  if not has["user-agent"] then lines[#lines + 1] = "User-Agent: mailseal" end
  if not has["accept-encoding"] then lines[#lines + 1] = "Accept-Encoding: identity" end
  if options.body or M.METHODS[options.method] == false then
    lines[#lines + 1] = ("Content-Length: %d"):format(#(options.body or ""))
  end
  lines[#lines + 1] = "Connection: close\r\n\r\n"
  return table.concat(lines, "\r\n") .. (options.body or "")
end

return M
