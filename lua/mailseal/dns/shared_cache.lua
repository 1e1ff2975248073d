--- Answers kept in a lua_shared_dict of nginx, so that what one worker has asked, the others know.
--
--     lua_shared_dict dns 10m;                                     # in nginx.conf
--     local resolver = assert(dns.resolver { cache = "dns" })      -- in Lua
--
-- It has the methods of `mailseal.dns.cache`. The dictionary has to be for it alone; whatever else is found there counts
-- as nothing. When it is full, nginx forgets what was not asked for lately. Resolvers that ask different servers keep their answers
-- apart; those of servers that resolv.conf does not name any more are found by nobody, until they expire.
-- @module mailseal.dns.shared_cache
local bit = type(ngx) == "table" and require "bit"

local M = {}
local Cache = {}
Cache.__index = Cache
Cache.__name = "mailseal.dns.shared_cache"

-- The share of the dictionary that one answer may take.
local SHARE = 16

-- What any answer has. The names of its fields are not written out with each of them.
local FIELDS = {
  "status", "name", "type", "rcode", "ttl", "authentic", "records", "text", "chain", "extended_errors", "server", "authoritative",
  "zone", "expires_at", "recheck_at", "dangling", "code", "strings", "address", "target", "preference", "exchange", "host",
}

-- The serialiser of LuaJIT (since 2021), which OpenResty has.
local function new_buffer()
  local ok, buffer = pcall(require, "string.buffer")
  return ok and buffer.new({ dict = FIELDS }) or nil
end

--- Makes a cache.
-- @tparam string name of the lua_shared_dict
-- @tparam[opt] {string,...} servers whom its resolver asks
-- @treturn ?table the cache
-- @treturn ?string what is wrong
-- @treturn ?string `bad_cache`: nginx.conf does not have it, or this is not nginx; `no_module`: LuaJIT has no string.buffer
function M.new(name, servers)
  local dict = type(ngx) == "table" and ngx.shared and ngx.shared[name]
  if not dict then
    return nil, ("there is no lua_shared_dict %q%s"):format(name, type(ngx) ~= "table" and ", for this is not nginx" or ""), "bad_cache"
  end
  local buffer = new_buffer()
  if not buffer then return nil, "a shared cache needs LuaJIT's string.buffer, of 2021 or later", "no_module" end
  local self = setmetatable({ dict = dict, buffer = buffer, largest = dict:capacity() / SHARE }, Cache)
  self:of_servers(servers or {})
  return self
end

--- Keeps, and finds, answers of these servers from now on: other servers may see another DNS.
-- @tparam {string,...} servers
function Cache:of_servers(servers) self.prefix = table.concat(servers, ",") .. " " end

-- What an answer's octets are marked with: string.buffer must be given none but its own.
local function mark(octets) return bit.band(ngx.crc32_short(octets), 0x7fffffff) end

local function decode(buffer, octets) return buffer:set(octets):decode() end

-- What the octets hold, where that is an answer.
local function read(self, octets, marked)
  if type(octets) ~= "string" or mark(octets) ~= (marked or 0) then return nil end
  local ok, answer = pcall(decode, self.buffer, octets)
  if ok and type(answer) == "table" and type(answer.status) == "string" and type(answer.records) == "table"
    and type(answer.expires_at) == "number" then
    return answer
  end
end

--- Finds an answer that has not expired.
-- @tparam string key
-- @treturn ?table the answer, which is the caller's
function Cache:get(key)
  return read(self, self.dict:get(self.prefix .. key))
end

--- Keeps an answer, in place of what was kept under the key; not where it alone would take a large part of the dictionary.
-- @tparam string key
-- @tparam table answer
-- @tparam number seconds for how long
function Cache:put(key, answer, seconds)
  local octets = self.buffer:reset():encode(answer):get()
  -- nginx would forget many others before it saw that there is no room for it.
  if #octets > self.largest then return self:delete(key) end
  self.dict:set(self.prefix .. key, octets, seconds, mark(octets))
end

--- Forgets an answer.
-- @tparam string key
function Cache:delete(key) self.dict:delete(self.prefix .. key) end

return M
