--- What the machine says about its resolvers: resolv.conf(5).
--
-- Of the file are read: `nameserver`, with a port where it has one ("[192.0.2.1]:5353", as OpenBSD spells it), the first three
-- that can be asked, as the C libraries have it; and of `options`: `timeout:n`, `attempts:n`, `rotate`, `trust-ad`. What else
-- stands there has no meaning here: names are absolute, so `search`, `domain` and `ndots` have nothing to complete; EDNS is used
-- in any case (`edns0`); and no two questions share a socket in the way that `single-request` is about.
-- @module mailseal.dns.system
local async = require "mailseal.async"
local server = require "mailseal.dns.server"

local M = {}
local Watch = {}
Watch.__index = Watch
Watch.__name = "mailseal.dns.system"

local PATH, PAUSE = "/etc/resolv.conf", 5

-- Whom the file names further than that nobody asks, nor hears of: it may be anything.
local SERVERS_MAX, PASSED_OVER_MAX, WORD_MAX = 3, 8, 64

-- A word of the file as it may be shown: in one line, without what a terminal obeys.
local function printable(word)
  local shown = word:sub(1, WORD_MAX):gsub("[^\33-\126]", "?")
  return #word > WORD_MAX and shown .. "..." or shown
end

local function bounded(text, greatest)
  local number = tonumber(text)
  return number and number >= 1 and math.min(number, greatest) or nil
end

-- An address with a scope ("fe80::1%eth0") is passed over: c-ares before 1.20 cannot be told of it.
local function read_nameserver(found, rest)
  local address = rest:match "^%S+"
  if not address then return end
  if server.is_server(address) then
    if #found.servers < SERVERS_MAX then table.insert(found.servers, address) end
  elseif #found.passed_over < PASSED_OVER_MAX then
    table.insert(found.passed_over, printable(address))
  end
end

local function read_options(found, rest)
  for option in rest:gmatch "%S+" do
    found.timeout = bounded(option:match "^timeout:(%d+)$", 30) or found.timeout
    found.tries = bounded(option:match "^attempts:(%d+)$", 5) or found.tries
    found.rotate = found.rotate or option == "rotate" or nil
    found.trusted = found.trusted or option == "trust-ad" or nil
  end
end

local readers = { nameserver = read_nameserver, options = read_options }

-- What a text of resolv.conf says.
local function parse(text)
  local found = { servers = {}, passed_over = {} }
  for line in text:gmatch "[^\r\n]+" do
    local keyword, rest = line:match "^(%a+)[ \t]+(.*)$"
    if readers[keyword] then readers[keyword](found, rest) end
  end
  return found
end

local function read_text(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a"
  if file then file:close() end
  return text
end

-- The same of a whole file, or of none: where nobody is named, the server is the machine itself.
local function judge(text)
  local found = parse(text or "")
  if #found.servers == 0 and #found.passed_over == 0 then found.servers[1] = "127.0.0.1" end
  return found
end

--- Reads resolv.conf. Where it is absent or names nobody, the server is the machine itself, as resolv.conf(5) says.
-- @tparam[opt] string path "/etc/resolv.conf"
-- @treturn table `servers`, a list of up to three addresses; `passed_over`, a list of what is named but cannot be asked (no
--   address, or one with a scope as in "fe80::1%eth0"), of up to eight, printable and each cut to 64 characters;
--   and, where the file says so, `timeout` (seconds), `tries`, `rotate` (true), and `trusted` (true: what these servers say of
--   DNSSEC is to be believed). `servers` is empty where all are passed over
function M.read(path) return judge(read_text(path or PATH)) end

--- Watches resolv.conf, for a process that lives longer than what stands in it.
-- @tparam[opt] string path "/etc/resolv.conf"
-- @tparam[opt] function now a clock that returns seconds (the monotonic one)
-- @treturn table the watch; its `found` is what `read` returns
function M.watch(path, now)
  path, now = path or PATH, now or async.now
  local text = read_text(path)
  return setmetatable({ path = path, now = now, text = text, found = judge(text), next = now() + PAUSE }, Watch)
end

--- Looks whether the file has changed, every few seconds and no more often. One that is gone or names no server that can be
-- asked is taken for one that is being written: what was known holds.
-- @treturn ?table what it says now, as of `read`; nil where that is what it said before
function Watch:changed()
  local moment = self.now()
  if moment < self.next then return nil end
  self.next = moment + PAUSE
  local text = read_text(self.path)
  if not text or text == self.text then return nil end
  local found = parse(text)
  if #found.servers == 0 then return nil end
  self.text, self.found = text, found
  return found
end

return M
