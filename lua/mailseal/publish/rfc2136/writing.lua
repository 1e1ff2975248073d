--- Changing a zone by one update (RFC 2136), all or nothing, and finding out what became of it where no answer says.
--
-- The server's word is not enough either way. One that takes an update may have left a record out, as RFC 2136 §3.4.2.2 wants it beside a
-- CNAME; one that dies may have made the change before. Both are asked for: by updates that change nothing, whose prerequisites are what is
-- to be there.
-- @module mailseal.publish.rfc2136.writing
local printable = require "mailseal.printable".line
local reading = require "mailseal.publish.rfc2136.reading"
local sets = require "mailseal.publish.sets"
local told = require "mailseal.publish.rfc2136.told"

local M = {}

local unpack = table.unpack or unpack -- luacheck: ignore

local MOVED = { YXRRSET = true, NXRRSET = true, YXDOMAIN = true, NXDOMAIN = true }

-- What one end of the changes, `before` or `after`, is as a state (`reading.holds`).
local function state(changes, which)
  local list = {}
  for i, change in ipairs(changes) do
    list[i] = { name = change.name, type = change.type, set = change[which], loosely = which == "before" and change.loosely }
  end
  return list
end

-- Those of changes that make other values.
local function that_differ(changes)
  local list = {}
  for _, change in ipairs(changes) do
    if not sets.same(change.before, change.after) then list[#list + 1] = change end
  end
  return list
end

local function each_alone(changes, which)
  local list = {}
  for i, change in ipairs(changes) do list[i] = state({ change }, which) end
  return list
end

-- ---- what an answer means

-- What each change rests on, and in whose name: the set as it was; and where records are added, that no CNAME is there.
local function grounds(changes)
  local states, owners, told_of = each_alone(changes, "before"), { unpack(changes) }, {}
  for _, change in ipairs(changes) do told_of[change.name] = told_of[change.name] or change.type == "CNAME" end
  for _, change in ipairs(changes) do
    if change.after and not told_of[change.name] then
      states[#states + 1] = { { name = change.name, type = "CNAME" } }
      owners[#owners + 1] = { name = change.name, type = "CNAME" }
    end
  end
  return states, owners
end

-- Names the sets that are not what was read; where it is none of them, the CNAMEs that are to come where something is.
local function moved(session, zone, changes, rcode)
  local states, owners = grounds(changes)
  local holds = reading.holds(session, zone, states) or {}
  local found, words = {}, {}
  local function blame(one)
    found[#found + 1] = { name = one.name, type = one.type }
    words[#words + 1] = ("%s %s"):format(printable(one.name), one.type)
  end
  for i, one in ipairs(owners) do
    if holds[i] == false then blame(one) end
  end
  for _, change in ipairs(not found[1] and holds[1] and changes or {}) do
    if change.type == "CNAME" and change.after then blame(change) end
  end
  if not found[1] then return told.rcode(session.peer, rcode, zone) end
  return nil, ("%s: what stands there is not what was read (%s); nothing was changed"):format(table.concat(words, ", "), rcode),
    "zone_moved", { sets = found }
end

-- The changes that are in effect, though the server has taken all of them.
local function in_effect(session, zone, changes)
  local holds = reading.holds(session, zone, each_alone(changes, "after"))
  local done, left = {}, {}
  for i, change in ipairs(changes) do
    if not holds or holds[i] then
      done[#done + 1] = change
    else
      left[#left + 1] = ("%s %s"):format(printable(change.name), change.type)
    end
  end
  return done, table.concat(left, ", ")
end

-- Looks whether what was taken was also done.
local function check(session, zone, changes)
  changes = that_differ(changes)
  if not changes[1] then return true end
  local holds = reading.holds(session, zone, { state(changes, "after") })
  -- Where it cannot be asked any more, its word is what there is.
  if not holds or holds[1] then return true end
  local done, left = in_effect(session, zone, changes)
  if left == "" then return true end
  local message = ("%s has taken the update, and %s is not as it is to be"):format(session.peer.text, left)
  if not done[1] then return nil, message, "refused_record" end
  return nil, message, "half_done", { done = done }
end

-- ---- where values are compared as texts

-- Of changes that the server does not want, those whose sets are what was read all the same: it compares values as texts. Nil where there
-- are none.
local function misread(session, zone, changes)
  local names, there, is_any = {}, {}, false
  for _, change in ipairs(changes) do
    if not there[change.name] then names[#names + 1], there[change.name] = change.name, true end
  end
  local holds = reading.holds(session, zone, each_alone(changes, "before"))
  local list = holds and reading.read(session, zone, names)
  for _, set in ipairs(list or {}) do there[set.name .. " " .. set.type] = set end
  local again = {}
  for i, change in ipairs(changes) do
    local set = there[change.name .. " " .. change.type]
    local is_one = holds and not holds[i] and set ~= nil and sets.same(change.before, set)
    is_any = is_any or is_one
    again[i] = { name = change.name, type = change.type, before = change.before, after = change.after, loosely = is_one }
  end
  return is_any and again or nil
end

-- Are the sets what was read, if in another spelling?
local function are_as_read(session, zone, changes)
  local again = misread(session, zone, changes)
  local holds = again and reading.holds(session, zone, { state(again, "before") })
  return holds and holds[1]
end

-- ---- changes

-- The reply to an update; as `ask`.
local function send(session, zone, changes, sending)
  sending.zone, sending.changes, sending.once = zone, changes, true
  local replies, message, code, details = session:ask { sending }
  return replies and replies[1].rcode, message, code, details
end

--- Makes changes.
-- @tparam table session see `mailseal.publish.rfc2136.session`
-- @tparam string zone
-- @tparam {table,...} changes see `mailseal.publish.sets`
-- @tparam table sending `sent` is set in it when the server may have heard of them
-- @treturn ?boolean true
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.publish.target`
-- @treturn ?table details
function M.apply(session, zone, changes, sending)
  local rcode, message, code, details = send(session, zone, changes, sending)
  local again = MOVED[rcode] and misread(session, zone, changes)
  if again then
    changes = again
    rcode, message, code, details = send(session, zone, changes, sending)
  end
  if not rcode then return nil, message, code, details end
  if MOVED[rcode] then return moved(session, zone, changes, rcode) end
  if rcode ~= "NOERROR" then return told.rcode(session.peer, rcode, zone) end
  return check(session, zone, changes)
end

-- Does a set have the TTL that a change leads to? Prerequisites do not tell TTLs.
local function has_ttl(list, change)
  for _, set in ipairs(list) do
    if set.name == change.name and set.type == change.type then return set.ttl == change.after.ttl end
  end
  return false
end

-- Of changes of TTLs alone.
local function settle_ttl(session, zone, change)
  local list = change and reading.read(session, zone, { change.name })
  return list and (has_ttl(list, change) and "done" or "not done")
end

--- Finds out what became of changes of which no answer tells.
-- @tparam table session
-- @tparam string zone
-- @tparam {table,...} changes
-- @treturn ?string "done", "not done", "neither"; nil where that cannot be told
function M.settle(session, zone, changes)
  local differing, ttl_alone = that_differ(changes), nil
  for _, change in ipairs(changes) do
    if change.before and change.after and change.before.ttl ~= change.after.ttl then ttl_alone = change end
  end
  if not differing[1] then return settle_ttl(session, zone, ttl_alone) end
  local holds = reading.holds(session, zone, { state(differing, "after"), state(differing, "before") })
  return holds and (holds[1] and "done" or (holds[2] or are_as_read(session, zone, differing)) and "not done" or "neither")
end

return M
