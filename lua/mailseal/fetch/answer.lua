--- The answer of an HTTP/1.1 server, read from whatever it sends (RFC 9112).
--
-- The server is taken to be hostile: everything has its bound, and what two readers could understand in two ways (two lengths, a
-- length beside chunks, a field that goes on in the next line, a bare CR or LF) is refused, not guessed at.
-- @module mailseal.fetch.answer
local M = {}

-- Octets of a line, and of all lines before the body; fields; answers of 1xx before the real one; octets of a chunk's first line, and of
-- all that such lines hold besides the size.
local LINE, HEAD, FIELDS, INTERIM, CHUNK_LINE, EXTENSIONS = 8192, 16384, 100, 5, 256, 16384

local Reader = {}
Reader.__index = Reader

-- ---- reading

local function bad(why) return nil, "the server's answer is no HTTP/1.1: " .. why, "bad_answer" end

-- Has more in the buffer than before. False, or nil with a message and a code, where there is none.
local function fill(self)
  local octets, message, code = self.socket:receive()
  if not octets then
    if code == "closed" then return false end
    return nil, message, code
  end
  self.buffer = self.buffer .. octets
  return true
end

-- The same, where there has to be more.
local function need(self)
  local more, message, code = fill(self)
  if more ~= false then return more, message, code end
  return nil, "the server closed the connection before its answer was complete", "closed"
end

-- A line without its end.
local function read_line(self, most)
  local from = 1
  while true do
    local at = self.buffer:find("\n", from, true)
    if at then
      local line = self.buffer:sub(1, at - 1)
      if at > most + 2 then break end
      self.buffer = self.buffer:sub(at + 1)
      if line:sub(-1) ~= "\r" or line:find("[%z\r]") ~= #line then return bad "a line does not end in CR LF" end
      return line:sub(1, -2)
    elseif #self.buffer > most then
      break
    end
    from = #self.buffer + 1
    local more, message, code = need(self)
    if not more then return nil, message, code end
  end
  return nil, ("the server's answer has a line of more than %d octets"):format(most), "head_too_large"
end

-- So many octets, put behind those that there are.
local function read_octets(self, count, parts)
  while count > 0 do
    if self.buffer == "" then
      local more, message, code = need(self)
      if not more then return nil, message, code end
    end
    local piece = self.buffer:sub(1, count)
    self.buffer, count = self.buffer:sub(#piece + 1), count - #piece
    parts[#parts + 1] = piece
  end
  return true
end

-- ---- the head

local function read_status(self)
  local line, message, code = read_line(self, LINE)
  if not line then return nil, message, code end
  local status, rest = line:match "^HTTP/1%.[01] (%d%d%d)(.*)$"
  if not status or rest ~= "" and not rest:find "^ " then return bad "it does not begin with a status" end
  return tonumber(status)
end

-- Adds the field that a line holds.
local function add_field(headers, line)
  local name, value = line:match "^([!#$%%&'*+.^_`|~%w-]+):[ \t]*(.-)[ \t]*$"
  if not name or value:find "[%z\1-\8\10-\31\127]" then return bad "a line of its head is no field" end
  name = name:lower()
  headers[name] = headers[name] and headers[name] .. ", " .. value or value
  return true
end

local function read_fields(self)
  local headers, size = {}, 0
  for _ = 1, FIELDS + 1 do
    local line, message, code = read_line(self, LINE)
    if not line then return nil, message, code end
    if line == "" then return headers end
    size = size + #line
    if size > HEAD then break end
    local ok
    ok, message, code = add_field(headers, line)
    if not ok then return nil, message, code end
  end
  return nil, ("the server's answer has a head of more than %d octets, or of more than %d fields"):format(HEAD, FIELDS), "head_too_large"
end

-- The status and the fields, after answers that are not the last one (RFC 9110 §15.2).
local function read_head(self)
  for _ = 0, INTERIM do
    local status, message, code = read_status(self)
    if not status then return nil, message, code end
    local headers
    headers, message, code = read_fields(self)
    if not headers then return nil, message, code end
    if status == 101 then return bad "nobody asked it to change the protocol" end
    if status >= 200 then return status, headers end
  end
  return bad "it never comes to an end"
end

-- ---- the body

local function too_large(most)
  return nil, ("the server's answer has more than %d octets"):format(most), "too_large"
end

-- The length that the head tells; false where it tells none; nil, a message and a code where it makes no sense.
local function length_of(headers)
  local text = headers["content-length"]
  if not text then return false end
  local length
  for one in (text .. ","):gmatch "([^,]*)," do
    one = one:match "^%s*(%d+)%s*$"
    if not one or #one > 15 or length and tonumber(one) ~= length then return bad "its Content-Length makes no sense" end
    length = tonumber(one)
  end
  return length
end

local function read_chunks(self, most, parts)
  local size, extensions = 0, 0
  while true do
    local line, message, code = read_line(self, CHUNK_LINE)
    if not line then
      if code ~= "head_too_large" then return nil, message, code end
      return bad "a chunk has no size"
    end
    local digits, rest = line:match "^(%x+)[ \t]*(.*)$"
    if not digits or #digits > 8 or rest ~= "" and not rest:find "^;" then return bad "a chunk has no size" end
    local count = tonumber(digits, 16)
    if count == 0 then break end
    size, extensions = size + count, extensions + #rest
    if size > most then return too_large(most) end
    if extensions > EXTENSIONS then return bad "its chunks tell more than they hold" end
    local ok
    ok, message, code = read_octets(self, count, parts)
    if not ok then return nil, message, code end
    line, message, code = read_line(self, CHUNK_LINE)
    if not line then return nil, message, code end
    if line ~= "" then return bad "a chunk is longer than it says" end
  end
  return read_fields(self)
end

local function read_to_end(self, most, parts)
  local size = 0
  while true do
    size = size + #self.buffer
    parts[#parts + 1], self.buffer = self.buffer, ""
    if size > most then return too_large(most) end
    local more, message, code = fill(self)
    if more == nil then return nil, message, code end
    if not more then return true end
  end
end

local function read_body(self, headers, most, parts)
  local length, message, code = length_of(headers)
  if length == nil then return nil, message, code end
  local coding = headers["transfer-encoding"]
  if coding then
    if length then return bad "it tells a length, and comes in chunks" end
    if coding:lower() ~= "chunked" then return bad "it is encoded in a way that was not asked for" end
    return read_chunks(self, most, parts)
  elseif not length then
    return read_to_end(self, most, parts)
  elseif length > most then
    return too_large(most)
  end
  return read_octets(self, length, parts)
end

--- Reads an answer.
-- @tparam table socket `receive()` returns some octets, or nil, a message and a code; the code is `closed` where there are no more
-- @tparam table options `method`, by which was asked; `most`: octets of the body; `head_only`: is the body of no interest?
-- @treturn[1] table `status`, `headers` (by name in lower case; what came several times is joined by commas), `body`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_answer`, `head_too_large`, `too_large`, `closed`; a code of the socket's
function M.read(socket, options)
  local self = setmetatable({ socket = socket, buffer = "" }, Reader)
  local status, headers, code = read_head(self)
  if not status then return nil, headers, code end
  local parts = {}
  if not (options.head_only or options.method == "HEAD" or status == 204 or status == 304) then
    local ok, message
    ok, message, code = read_body(self, headers, options.most, parts)
    if not ok then return nil, message, code end
  end
  return { status = status, headers = headers, body = table.concat(parts) }
end

return M
