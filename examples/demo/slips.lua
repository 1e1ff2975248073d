--- What customers make of the records that they are told to publish: each function takes the records of a domain (as of
-- `mailseal.onboard.view`) and its zone, and returns lines for `knsupdate`.
local key = require "mailseal.key"
local record = require "mailseal.record"

local M = {}

local TTL = 60

local function add(name, type, data)
  return ("add %s. %d %s %s"):format(name, TTL, type, data)
end

--- A text as the data of a TXT record.
-- @tparam string text
-- @treturn string
function M.text(text)
  return record.quote(record.split(text))
end

-- What stands behind the name of a record, as it should be.
local function data_of(one)
  if one.type == "TXT" then
    return M.text(one.value)
  end
  return one.value .. "."
end

--- The line for a record as it should be.
-- @tparam table one
-- @treturn string
function M.line(one)
  return add(one.name, one.type, data_of(one))
end

-- Makes a slip of a function that returns the lines for one record; where it returns nil, they are as they should be.
local function each(fn)
  return function(records, zone)
    local lines, count = {}, 0
    for _, one in ipairs(records) do
      local is_key = one.purpose == "dkim"
      count = count + (is_key and 1 or 0)
      for _, line in ipairs(is_key and fn(one, zone, count) or { M.line(one) }) do
        lines[#lines + 1] = line
      end
    end
    return lines
  end
end

--- All as it should be.
M.none = each(function() end)

--- Nothing but the proof that the domain is the customer's.
-- @tparam {table,...} records
-- @treturn {string,...}
function M.proof_alone(records)
  local lines = {}
  for _, one in ipairs(records) do
    if one.purpose == "ownership" then
      lines[#lines + 1] = M.line(one)
    end
  end
  return lines
end

--- The whole name was typed into a form that appends the zone.
M.doubled = each(function(one, zone)
  return { add(one.name .. "." .. zone, one.type, data_of(one)) }
end)

--- Quotes were pasted with the value.
M.quoted = each(function(one)
  return { add(one.name, "TXT", M.text('"' .. one.value .. '"')) }
end)

--- The target of the CNAME was pasted into a TXT record.
M.target_in_text = each(function(one)
  return { add(one.name, "TXT", M.text(one.value)) }
end)

--- Of several keys, the second is forgotten.
M.one_forgotten = each(function(_, _, count)
  return count == 2 and {} or nil
end)

--- The right name, and somebody else's key.
M.wrong_key = each(function(one)
  return { add(one.name, "TXT", M.text(assert(key.generate { type = "rsa", bits = 2048 }):record())) }
end)

--- The target that was the right one until 2017.
M.old_target = each(function(one)
  return { add(one.name, "CNAME", "infusionmail.com.") }
end)

--- An SPF record beside the one that was there already.
-- @tparam {table,...} records
-- @tparam string zone
-- @treturn {string,...}
function M.second_spf(records, zone)
  local lines = M.none(records, zone)
  lines[#lines + 1] = add(zone, "TXT", M.text "v=spf1 include:amazonses.com ~all")
  return lines
end

return M
