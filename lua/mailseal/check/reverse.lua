--- The names of the addresses that mail is sent from: a PTR record each, and a name that leads back (RFC 8601 §2.7.3).
--
-- Large receivers refuse mail from an address without one.
-- @module mailseal.check.reverse
local async = require "mailseal.async"
local definitive = require "mailseal.dns.answer".definitive

local M = {}

-- Is the address written out in the name, as providers do with the addresses that they give to anybody?
local function is_generic(name, address)
  local digits = { address:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$" }
  if #digits == 0 then
    return false
  end
  local forward, backward = table.concat(digits, "%D0*"), {}
  for i = 1, 4 do
    backward[i] = digits[5 - i]
  end
  local padded = ("%03d%03d%03d%03d"):format(digits[1], digits[2], digits[3], digits[4])
  local text = "." .. name
  return text:find("%D0*" .. forward .. "%D") ~= nil
    or text:find("%D0*" .. table.concat(backward, "%D0*") .. "%D") ~= nil
    or text:find(padded, 1, true) ~= nil
end

local function names_of(reverse)
  local names = {}
  for i, name in ipairs(reverse.names) do
    names[i] = name.name
  end
  return names
end

-- The answer that keeps the names from being confirmed, where that is one of a temporary status.
local function fault_of(reverse)
  if not definitive[reverse.answer.status] then
    return reverse.answer
  end
  for _, name in ipairs(reverse.names) do
    if name.state == "unknown" then
      return name.answer
    end
  end
end

local function judge(context, address, reverse)
  local fields = { name = reverse.name, expected = address, found = names_of(reverse), retry_at = reverse.answer.recheck_at }
  if reverse.status == "nodata" or reverse.status == "nxdomain" then
    fields.found = nil
    context:find("ptr_missing", fields)
  elseif reverse.status == "unconfirmed" then
    context:find("ptr_unconfirmed", fields)
  elseif reverse.status == "ok" then
    if is_generic(reverse.confirmed[1], address) then
      context:find("ptr_generic", { name = reverse.name, expected = address, found = reverse.confirmed[1] })
    end
  else
    context:temporary(fault_of(reverse), reverse.name)
  end
end

--- Looks at the addresses that the check's options name.
-- @tparam table context see `mailseal.check.context`
-- @treturn {table,...} by the addresses' places, as `resolver:reverse` of `mailseal.dns` tells them
function M.look(context)
  return async.each(context.options.addresses or {}, function(address)
    local reverse, message = context.resolver:reverse(address)
    if not reverse then
      return { address = address, status = "bad_address", reason = message, names = {}, confirmed = {} }
    end
    judge(context, address, reverse)
    return reverse
  end)
end

return M
