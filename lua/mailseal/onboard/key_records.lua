--- The records of a domain's keys: what its owner is to publish, and what whoever runs the operator's zone is.
--
-- A key's text stands either in a TXT record at the domain itself, or in the operator's zone, to which a CNAME at the domain leads. With
-- CNAMEs a domain has two of them from the beginning, and its keys take turns: a rotation then asks nothing of its owner. The name that a
-- CNAME leads to has 160 random bits and is never used for another domain, so that nobody gets a name that somebody else's CNAME still
-- leads to.
-- @module mailseal.onboard.key_records
local life = require "mailseal.onboard.key_life"

local M = {}

--- The text of a revoked key (RFC 6376 §3.6.1): the same for all of them.
M.REVOKED = "v=DKIM1; p="

-- What is published in each state: a key, a revoked key, or nothing.
local published = {
  awaited = "key", spreading = "key", active = "key", retiring = "key", revoked = "revoked", withdrawn = "revoked",
}

--- The text to publish for a key.
-- @tparam table key `state`, `type`, `public`
-- @treturn ?string nil where there is to be none
function M.text(key)
  local what = published[key.state]
  if what == "key" then
    return ("v=DKIM1; k=%s; p=%s"):format(key.type, key.public)
  end
  return what and M.REVOKED
end

--- The name of a selector.
-- @tparam string selector
-- @tparam string domain
-- @treturn string
function M.name(selector, domain)
  return selector .. "._domainkey." .. domain
end

local function day(moment) return os.date("!%Y-%m-%d", moment) end

-- A sentence for whoever publishes it.
local function note_of(key)
  local state = key.state
  if state == "awaited" or state == "spreading" then
    return "The key that is to sign from now on. It does as soon as every name server shows it; until then the one before does."
  elseif state == "retiring" then
    return ("The key that signed before. Leave it until %s, for mail that is still under way."):format(day(key.wait_until))
  elseif state == "revoked" then
    return "The key that signed before. Put this text in the place of what stands there: it says that the key is no longer valid."
  elseif state == "withdrawn" then
    return ("The key that signed before, no longer valid. The record may go on %s."):format(day(key.wait_until))
  end
end

local function find_active(keys)
  for _, key in ipairs(keys) do
    if key.state == "active" then
      return key
    end
  end
end

-- A key's record at the domain itself. That of a revoked one is another record, not compared with what was seen of the one before.
local function text_record(key, domain, text, signs)
  local is_key = text ~= M.REVOKED
  return {
    id = (is_key and "dkim_" or "revoked_") .. key.selector, type = "TXT", name = M.name(key.selector, domain), value = text,
    purpose = "dkim",
    match = is_key and "dkim_key" or "exact", key = is_key and text or nil, required = signs, rotation = not signs and key.state or nil,
    note = not signs and note_of(key) or nil,
  }
end

-- The CNAME, which stays whatever is at its end. Where that is the key that signs, it has to be there.
local function alias_record(key, domain, signs)
  return {
    id = "dkim_" .. key.selector, type = "CNAME", name = M.name(key.selector, domain), value = key.target, purpose = "dkim",
    match = signs and "cname_target" or "exact", target = signs and key.target or nil, required = true,
  }
end

--- The records of a domain's keys, as its owner is to publish them.
-- @tparam {table,...} keys as of `mailseal.store.keys`
-- @tparam string domain
-- @treturn {table,...} as providers' rules have them; those that are needed for a rotation, and not for the domain to be verified, say
--   in `rotation` which state their key is in
function M.of(keys, domain)
  local list, active = {}, find_active(keys)
  for _, key in ipairs(keys) do
    local text, signs = M.text(key), key == active or not active and life.LIVE[key.state] or false
    if key.target and key.state ~= "dropped" then
      list[#list + 1] = alias_record(key, domain, signs)
    elseif text then
      list[#list + 1] = text_record(key, domain, text, signs)
    end
  end
  return list
end

-- States in which nothing is asked for any more, though what was may be there still.
local over = { dropped = true, removed = true }

--- What may be left of keys that are no more: records that are not among the domain's any longer.
-- @tparam {table,...} keys
-- @tparam string domain
-- @treturn {table,...} `id`, `type`, `name`, `purpose`
function M.left(keys, domain)
  local list = {}
  for _, key in ipairs(keys) do
    if over[key.state] then
      list[#list + 1] = {
        id = "dkim_" .. key.selector, type = key.target and "CNAME" or "TXT", name = M.name(key.selector, domain), value = key.target,
        purpose = "dkim",
      }
    end
  end
  return list
end

local asked = { awaited = true, spreading = true, retiring = true, revoked = true }

--- Is a record to be published by the domain's owner, though the domain is verified without it?
-- @tparam table record as of @{of}
-- @treturn boolean
function M.is_asked(record)
  return asked[record.rotation] or false
end

--- A domain's records with those of its keys as they are now, in the place where the first of them stood.
-- @tparam {table,...} records the domain's
-- @tparam {table,...} keys
-- @tparam string domain
-- @treturn {table,...} a new list
function M.place(records, keys, domain)
  local list, placed = {}, false
  local function place()
    for _, record in ipairs(placed and {} or M.of(keys, domain)) do
      list[#list + 1] = record
    end
    placed = true
  end
  for _, record in ipairs(records) do
    if record.purpose == "dkim" then
      place()
    else
      list[#list + 1] = record
    end
  end
  place()
  return list
end

--- What the operator's zone is to hold for a key.
-- @tparam table key
-- @treturn ?table `type`, `name`, `value`; nil where it holds nothing
function M.in_zone(key)
  local text = key.target and M.text(key)
  return text and { type = "TXT", name = key.target, value = text } or nil
end

return M
