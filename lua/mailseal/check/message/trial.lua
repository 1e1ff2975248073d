--- Trials: would this signature pass if that change were taken back?
--
-- A signature proves more than that it fails. Where it passes over a header or body with one change undone, that
-- change was made, and no other. Header and body are tried apart: b= covers the one, bh= the other. Everything tried costs what
-- verifying costs, so all trials of a message share an allowance; a hostile message spends it and is told less about.
-- @module mailseal.check.message.trial
local core = require "mailseal.core".dkim
local dkim = require "mailseal.dkim"
local record = require "mailseal.core".record

local M = {}
local Trial = {}
Trial.__index = Trial
Trial.__name = "mailseal.check.message.trial"

-- Octets that the trials of one message may hash, and how many trials there may be. A body is hashed at a gigabyte a second, and put
-- together besides; a header costs a verification, up to a third of a millisecond (RSA with 8192 bits). Bodies take nothing from headers.
local BODIES = { octets = 2 ^ 26, trials = 2000 }
local HEADERS = { octets = 2 ^ 24, trials = 500 }

--- The allowances of one message's trials, which its signatures share.
-- @treturn table for bodies
-- @treturn table for headers
function M.allowances()
  return { octets = BODIES.octets, trials = BODIES.trials }, { octets = HEADERS.octets, trials = HEADERS.trials }
end

local function lower_names(text)
  local list = {}
  for name in text:gmatch "[^:%s]+" do
    list[#list + 1] = name:lower()
  end
  return list
end

-- The tags of a signature field by name; of one that does not parse, none.
local function tags_of(field)
  local tags = {}
  for _, tag in ipairs(record.tags(field.value) or {}) do
    tags[tag.name] = tag.value
  end
  return tags
end

-- Other signatures cost time and say nothing, unless this one covers such fields.
local function without_others(fields, own, names)
  for _, name in ipairs(names) do
    if name == "dkim-signature" then
      return fields
    end
  end
  local list = {}
  for _, field in ipairs(fields) do
    if field == own or field.name:lower() ~= "dkim-signature" then
      list[#list + 1] = field
    end
  end
  return list
end

-- Which of the fields h= covers, as the verifier selects them (RFC 6376 §5.4.2): each occurrence of a name takes the lowest of
-- that name that is left. The signature's own field is never among them.
local function covered_by(names, fields, own)
  local left, list = {}, {}
  for _, field in ipairs(fields) do
    if field ~= own then
      local name = field.name:lower()
      left[name] = left[name] or {}
      table.insert(left[name], field)
    end
  end
  for _, name in ipairs(names) do
    local field = left[name] and table.remove(left[name])
    if field then
      list[#list + 1] = field
    end
  end
  return list
end

--- What trials of one signature need.
-- @tparam table message `fields` (as `message.fields` has them), `body`, `resolver` (which knows the key by now), `now`, `for_bodies` and
--   `for_headers` (the allowances)
-- @tparam table field the signature's own
-- @tparam table result what `dkim.verify` said of it
-- @treturn table with `tags`, `names` (h=, lower case), `fields`, `covered` (those that h= covers), `own`, `body`, `result`,
--   `relaxed_header`, `relaxed_body`
function M.new(message, field, result)
  local tags = tags_of(field)
  local names = lower_names(tags.h or "")
  local header_way, body_way = result.canonicalization:match "^(%a+)/(%a+)$"
  local fields, size = without_others(message.fields, field, names), 0
  for _, one in ipairs(fields) do
    size = size + #one.whole
  end
  return setmetatable({
    own = field, tags = tags, names = names, fields = fields, covered = covered_by(names, fields, field), body = message.body,
    result = result, for_bodies = message.for_bodies, for_headers = message.for_headers, header_size = size, now = message.now,
    relaxed_header = header_way == "relaxed", relaxed_body = body_way == "relaxed",
    verifier = dkim.verifier { resolver = message.resolver, clock_slack = 2 ^ 31 - 1 },
  }, Trial)
end

local function affords(allowance, octets)
  return allowance.trials >= 1 and allowance.octets >= octets
end

local function spend(allowance, octets)
  if not affords(allowance, octets) then
    return false
  end
  allowance.trials, allowance.octets = allowance.trials - 1, allowance.octets - octets
  return true
end

--- Is the header the one that was signed, if its fields were these?
-- @tparam {table,...} fields those of `self.fields`, or others in their place; one in place of the signature's own field has `own = true`
-- @treturn boolean
function Trial:header_holds(fields)
  if not spend(self.for_headers, self.header_size) then
    return false
  end
  local place, texts = 1, {}
  for i, field in ipairs(fields) do
    texts[i] = field.whole
  end
  for _, field in ipairs(fields) do
    if field.own or field == self.own then
      break
    end
    place = place + (field.name:lower() == "dkim-signature" and 1 or 0)
  end
  local stream = self.verifier:stream { now = self.now }
  local results = stream and stream:write(table.concat(texts) .. "\r\n") and stream:finish()
  return results ~= nil and results ~= false and results[place] ~= nil and results[place].header_intact == true
end

--- Is the body the one that was signed, if it were this?
-- @tparam string body
-- @treturn boolean
function Trial:body_holds(body)
  return spend(self.for_bodies, #body) and core.body_matches(body, self.relaxed_body, self.tags.bh or "", self.result.body_length) == true
end

--- May a body of so many octets still be tried?
-- @tparam number octets
-- @treturn boolean
function Trial:affords_body(octets)
  return affords(self.for_bodies, octets)
end

--- May the header still be tried?
-- @treturn boolean
function Trial:affords_header()
  return affords(self.for_headers, self.header_size)
end

--- Does the key that is published belong to the signature, whatever became of the message?
-- @tparam string text the key record
-- @treturn ?string "this", "another", or nil where it does not tell (Ed25519)
function Trial:made_by(text)
  return core.signature_made(self.own.whole, text)
end

--- How much of the body is the one that was signed, where something was written below it?
-- @tparam string body
-- @treturn ?number octets
function Trial:body_prefix(body)
  if self.result.body_length or not spend(self.for_bodies, #body) then
    return nil
  end
  local sizes = core.body_prefixes(body, self.relaxed_body, { self.tags.bh or "" })
  return sizes and sizes[1] or nil
end

return M
