--- A client of HTTP/1.1 for the tests, that can also do what no good client does: send octets as they come, or not send them.
--
--     local connection = http_client.connect(8080)
--     connection:send "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
--     connection:receive()             --> { status = 200, headers = { ["content-type"] = … }, body = … }
--     connection:line()                -- of a stream
--
-- It is cqueues': within a cqueue many wait at a time, outside of one each blocks.
local cqueues = require "cqueues"
local errno = require "cqueues.errno"
local socket = require "cqueues.socket"

local M = {}
local Connection = {}
Connection.__index = Connection

local PATIENCE = 30 -- seconds until an answer must be there

--- Connects.
-- @tparam number port of 127.0.0.1
-- @tparam[opt] table tls luaossl's context, for https
-- @tparam[opt] number seconds until what is waited for must be there (30)
-- @treturn table the connection
function M.connect(port, tls, seconds)
  local opened = socket.connect { host = "127.0.0.1", port = port, mode = "bn" }
  opened:onerror(function(_, _, code) return code end)
  opened:settimeout(PATIENCE)
  local ok, code = opened:connect()
  if ok and tls then ok, code = opened:starttls(tls) end
  if not ok then error(("cannot connect to port %d: %s"):format(port, tostring(code)), 2) end
  return setmetatable({ socket = opened, patience = seconds or PATIENCE }, Connection)
end

--- Sends octets, now.
-- @tparam string octets
-- @treturn boolean false where the other side has closed it
function Connection:send(octets)
  local ok = self.socket:xwrite(octets, "bn")
  return ok and true or false
end

--- Nothing more is sent; what comes may still be read.
function Connection:finish() self.socket:shutdown "w" end

--- The next line, without its end.
-- @tparam[opt] number seconds how long to wait for it
-- @treturn ?string nil where the connection has ended, or the time
function Connection:line(seconds)
  local line = self.socket:xread("*L", nil, seconds or self.patience)
  if not line then self.socket:clearerr() end
  return line and (line:gsub("\r?\n$", ""))
end

local function read_headers(self)
  local headers = {}
  for line in function() return self:line() end do
    if line == "" then return headers end
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    name = name:lower()
    headers[name] = headers[name] and headers[name] .. ", " .. value or value
  end
end

local function read_chunks(self)
  local parts = {}
  while true do
    local size = tonumber((self:line() or ""):match "^%x+" or "", 16)
    if not size then return table.concat(parts), true end
    if size > 0 then parts[#parts + 1] = self.socket:xread(size, "bn", self.patience) end
    self:line()
    if size == 0 then return table.concat(parts) end
  end
end

local function read_body(self, status, headers, method)
  if method == "HEAD" or status == 204 or status == 304 then return "" end
  if headers["transfer-encoding"] then return read_chunks(self) end
  local length = tonumber(headers["content-length"])
  if length == 0 then return "" end
  return self.socket:xread(length or "*a", "bn", self.patience) or ""
end

--- The head of an answer; for one whose body is a stream, to be read by @{line}.
-- @treturn ?table `status`, `headers` (by names in lower case); nil where the connection ended instead
function Connection:head()
  local status = tonumber((self:line() or ""):match "^HTTP/1%.%d (%d%d%d)")
  if not status then return nil end
  return { status = status, headers = read_headers(self) or {} }
end

--- The next answer.
-- @tparam[opt] string method of the request: the answer to HEAD has no body
-- @treturn ?table `status`, `headers`, `body`; `cut` where the connection ended within; nil where it ended before
function Connection:receive(method)
  local reply = self:head()
  while reply and reply.status == 100 do reply = self:head() end
  if not reply then return nil end
  reply.body, reply.cut = read_body(self, reply.status, reply.headers, method)
  return reply
end

--- A request as it is sent.
-- @tparam string method
-- @tparam string path
-- @tparam[opt] table headers by name; those of a list are sent one by one, `false` leaves one out
-- @tparam[opt] string body
-- @treturn string
function M.octets(method, path, headers, body)
  local all = { Host = "127.0.0.1", ["Content-Length"] = body and tostring(#body) or nil }
  for name, value in pairs(headers or {}) do all[name] = value end
  local lines = { ("%s %s HTTP/1.1"):format(method, path) }
  for name, value in pairs(all) do
    for _, one in ipairs(type(value) == "table" and value or { value or nil }) do lines[#lines + 1] = name .. ": " .. one end
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

--- Asks on this connection, which may be used again.
-- @tparam string method
-- @tparam string path
-- @tparam[opt] table headers as of @{octets}
-- @tparam[opt] string body
-- @treturn ?table as of @{receive}
function Connection:request(method, path, headers, body)
  self:send(M.octets(method, path, headers, body))
  return self:receive(method)
end

--- Does the other side close it within so many seconds, whatever it may still say until then?
-- @tparam number seconds
-- @treturn boolean
function Connection:ends(seconds)
  local by = cqueues.monotime() + seconds
  while true do
    local octets, code = self.socket:xread(-4096, "b", math.max(0, by - cqueues.monotime()))
    if type(octets) ~= "string" then
      self.socket:clearerr()
      return code ~= errno.ETIMEDOUT and code ~= errno.EAGAIN
    end
  end
end

--- Closes it.
function Connection:close() self.socket:close() end

--- Sends octets on a connection of their own, and takes what comes back.
-- @tparam number port
-- @tparam string octets whatever they are
-- @tparam[opt] number count how many answers are waited for (1)
-- @tparam[opt] number seconds how long for each
-- @treturn {table,...} those that came, as of `receive`
function M.exchange(port, octets, count, seconds)
  local connection, answers = M.connect(port, nil, seconds), {}
  connection:send(octets)
  for i = 1, count or 1 do
    answers[i] = connection:receive()
    if not answers[i] then break end
  end
  connection:close()
  return answers
end

--- Does something so many times at once.
-- @tparam number count
-- @tparam function fn given each number
function M.at_once(count, fn)
  local loop = cqueues.new()
  for i = 1, count do
    loop:wrap(function() fn(i) end)
  end
  assert(loop:loop())
end

return M
