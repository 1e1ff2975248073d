--- What is to be changed at names in the operator's zone so that they hold what the keys of domains want. Pure.
--
-- Such a name has 160 random bits: nobody has come upon it by chance, so keys that stand there are ours, whoever has entered them. All
-- else that may stand there is left alone.
-- @module mailseal.onboard.publishing.operator_changes
local key_records = require "mailseal.onboard.key_records"
local record = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local M = {}

--- Is that a name for a key? See `mailseal.onboard.keys`.
-- @tparam string name
-- @tparam string zone the operator's
-- @treturn boolean
function M.is_ours(name, zone) return not name:sub(1, 32):find "[^%l%d]" and name:sub(33) == "." .. zone end

--- The text that is to stand at a name.
-- @tparam table row as of `mailseal.store.zone_names`
-- @treturn ?string nil for none
function M.wanted(row) return row.target and key_records.text(row) or nil end

-- Is it a key, or that one is revoked?
local function is_key(text)
  local parsed, _, code = record.parse("dkim", text)
  return parsed ~= nil or code == "key_revoked"
end

-- What stands at a name: its TXT set; the values in it that are keys, as texts; those that are not; and whether there is a CNAME.
local function look(name, list)
  local here = { keys = {}, others = {} }
  for _, set in ipairs(list) do
    if set.name == name and set.type == "TXT" then
      here.set = set
    elseif set.name == name and set.type == "CNAME" then
      here.has_alias = true
    end
  end
  for _, value in ipairs(here.set and here.set.values or {}) do
    local text = sets.joined(value) or ""
    if is_key(text) then
      table.insert(here.keys, text)
    else
      table.insert(here.others, value)
    end
  end
  return here
end

local function change_to(name, here, text, ttl)
  local values = { text and sets.text(text) or nil }
  for _, value in ipairs(here.others) do values[#values + 1] = value end
  local after = values[1] and { name = name, type = "TXT", ttl = here.set and here.set.ttl or ttl, values = values } or nil
  return { name = name, type = "TXT", before = here.set, after = after }
end

--- What is to be done at a name.
-- @tparam table row as of `mailseal.store.zone_names`
-- @tparam {table,...} list the sets that stand there (`mailseal.publish.sets`), and at other names
-- @tparam number ttl of what is added
-- @treturn[1] table a change
-- @treturn[2] boolean true where all is as it is to be
-- @treturn[3] boolean false where something else stands in the way
function M.of(row, list, ttl)
  local wanted, here = M.wanted(row), look(row.name, list)
  if #here.keys == (wanted and 1 or 0) and here.keys[1] == wanted then return true end
  local is_removal = not wanted or wanted == key_records.REVOKED
  if not is_removal and (here.has_alias or here.others[1]) then return false end
  -- Where the key is gone already nobody needs to be told that it is not valid beside what somebody else has there.
  if not here.keys[1] and (here.has_alias or here.others[1]) then return true end
  return change_to(row.name, here, wanted, ttl)
end

return M
