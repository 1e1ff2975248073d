--- A request of nginx, as `mailseal.http.dispatch` takes it; and its answer.
-- @module mailseal.http.request
local bodies = require "mailseal.http.body"

local M = {}

-- Seconds that let the others go on.
local TURN = 0.001

-- Seconds that a body may take, and octets of it that have to come in each of the others: nginx bounds the time between two pieces alone.
local SECONDS, LEAST = 10, 64 * 1024

local function too_large(limit)
  return nil, ("what is sent has more than %d octets"):format(limit), "too_large"
end

-- Octets of a file.
local function size_of(path)
  local file = assert(io.open(path, "rb"))
  local size = file:seek "end"
  file:close()
  return size
end

-- Has nginx read the body, in so many seconds. Returns whether that was enough.
local function read_within(seconds)
  local bell = require "ngx.semaphore".new()
  local thread = ngx.thread.spawn(function()
    ngx.req.read_body()
    bell:post(1)
  end)
  if bell:wait(seconds) then
    return ngx.thread.wait(thread)
  end
  ngx.thread.kill(thread)
  return false
end

local function read(limit)
  local length = tonumber(ngx.var.http_content_length)
  if length and length > limit then
    return too_large(limit)
  elseif not read_within(SECONDS + (length or limit) / LEAST) then
    return nil, "what is sent comes too slowly", "too_slow"
  end
  local octets, path = ngx.req.get_body_data(), nil
  if not octets then
    path = ngx.req.get_body_file()
  end
  local body = bodies.new(path and { path = path, size = size_of(path) } or { octets = octets or "" }, function() ngx.sleep(TURN) end)
  if body.size > limit then
    return too_large(limit)
  end
  return body
end

-- From where a request comes: the address, 4 or 16 octets; and whether over TLS.
local function peer()
  return ngx.var.binary_remote_addr, ngx.var.scheme == "https"
end

-- Fields of the header are looked up when they are asked for: most requests are answered by few of them.
local Headers = {}

function Headers:__index(name)
  local value = ngx.var["http_" .. name:gsub("-", "_")]
  self[name] = value
  return value
end

local function nothing() end

-- Without it nginx drops the handler, wherever it waits, when it sees that the client has left; where it looks for that at all.
local function stay(request, gone)
  local is_watched = request.gone ~= nil
  request.gone = gone or request.gone or nothing
  if not is_watched then
    pcall(ngx.on_abort, function() request.gone() end)
  end
end

--- The request that is being answered.
-- @treturn table
function M.current()
  return {
    method = ngx.req.get_method(), target = ngx.var.request_uri, headers = setmetatable({}, Headers), read = read, peer = peer, stay = stay,
  }
end

local function stream(reply)
  ngx.send_headers()
  ngx.flush(true)
  reply.run(function(text)
    return ngx.print(text) and ngx.flush(true) and true or nil
  end)
end

--- Sends a reply, and ends the request.
-- @tparam table reply
function M.send(reply)
  local header = ngx.header
  ngx.status = reply.status
  for name, value in pairs(reply.headers) do
    header[name] = value
  end
  header["X-Content-Type-Options"] = "nosniff"
  if not reply.headers["Cache-Control"] then
    header["Cache-Control"] = "no-store"
  end
  if reply.run then
    header["Content-Type"] = reply.type
    stream(reply)
  elseif reply.body then
    header["Content-Type"] = reply.type
    header["Content-Length"] = #reply.body
    ngx.print(reply.body)
  elseif reply.status ~= 204 and reply.status ~= 304 then
    header["Content-Type"] = "" -- else nginx names one
    header["Content-Length"] = 0
  end
  ngx.exit(ngx.OK)
end

return M
