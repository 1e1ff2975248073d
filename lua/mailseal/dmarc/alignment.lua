--- Identifier alignment (RFC 9989 §4.4, §4.10.2): does what DKIM or SPF authenticates speak for the author's domain?
-- @module mailseal.dmarc.alignment
local domains = require "mailseal.domain"
local walk = require "mailseal.dmarc.walk"

local M = {}

--- A domain name as it is compared: lower-case A-labels, without a dot at its end.
-- @tparam any name
-- @treturn ?string nil where it is none that can be asked for in DNS
function M.canonical(name)
  if type(name) ~= "string" then
    return nil
  end
  name = name:gsub("%.$", "")
  if name:find("[\128-\255]") then
    name = domains.to_ascii(name) or ""
  end
  return domains.valid(name) and name:lower() or nil
end

--- Need the organizational domains of two names be known, in order to tell whether they are aligned? Not where they are the same, nor
-- where they have not even their last label in common.
-- @tparam string a
-- @tparam string b
-- @treturn boolean
function M.needs_walk(a, b)
  return a ~= b and walk.shortened(a, 1) == walk.shortened(b, 1)
end

--- How two domains are aligned.
-- @tparam string a lower-case A-labels, as is the other
-- @tparam string b
-- @tparam table steps as of `mailseal.dmarc.walk.ask`, for both where @{needs_walk} and the alignment is not strict
-- @tparam[opt=false] boolean strict
-- @treturn string|boolean "strict" where they are identical; "relaxed" where they have the same organizational domain, and that
--   is enough; false; nil where DNS gave no answer to tell by
-- @treturn ?number of nil: the time, in seconds since 1970, from which it may give one
function M.of(a, b, steps, strict)
  if a == b then
    return "strict"
  elseif strict or not M.needs_walk(a, b) then
    return false
  end
  local path_a, path_b = walk.path(a, steps), walk.path(b, steps)
  local one, other = walk.organizational_domain(path_a), walk.organizational_domain(path_b)
  if not one or not other then
    local after_a, after_b = walk.retry_at(path_a), walk.retry_at(path_b)
    return nil, after_a and after_b and math.max(after_a, after_b) or after_a or after_b
  end
  return one == other and "relaxed" or false
end

return M
