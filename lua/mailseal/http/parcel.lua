--- What a form carries from one step to the next and nobody can read: credentials that were typed for a plan, and are wanted once more when
-- it has been agreed to. They are kept nowhere here.
--
-- A parcel is sealed (AES-256-GCM) for whoever made it, for what it is about, and for a time, under a key that is made when the service
-- starts, and which only the memory of its workers holds: with the service its parcels end.
-- @module mailseal.http.parcel
local decode = require "mailseal.json.reader".decode
local json = require "mailseal.json"
local live = require "mailseal.http.live"
local seal = require "mailseal.core".seal

local M = {}

--- Seconds for which one can be opened.
M.AGE = 1800

local NAME, SIZE = "parcel key", 32

-- The key of all workers: the first one's who wants it.
local function key_of(call)
  local dict = live.of(call.service).dict
  dict:add(NAME, seal.random(SIZE))
  return seal.key(dict:get(NAME))
end

-- No parcel of one tenant, or about one thing, is good for another. Lengths stand before what may hold anything.
local function place(call, about, ends)
  return ("parcel:%d:%s%d:%s%d"):format(#call.tenant.id, call.tenant.id, #about, about, ends)
end

--- Seals.
-- @tparam table call as of `mailseal.http.dispatch`
-- @tparam string about what it is good for
-- @tparam table values plain data
-- @treturn string
function M.seal(call, about, values)
  local ends = call.tenant.registry:now() + M.AGE
  return ("%d.%s"):format(ends, assert(key_of(call):seal(json.encode(json.plain(values)), place(call, about, ends))))
end

--- Opens.
-- @tparam table call
-- @tparam string about as it was sealed
-- @tparam ?string text
-- @treturn ?table what was sealed; nil where that is none, or its time is over, or the service has begun anew
function M.open(call, about, text)
  local ends, sealed = (text or ""):match "^(%d+)%.(.+)$"
  ends = ends and #ends <= 15 and tonumber(ends)
  if not ends or ends <= call.tenant.registry:now() then
    return nil
  end
  local opened = key_of(call):open(sealed, place(call, about, ends))
  return opened and decode(opened) or nil
end

return M
