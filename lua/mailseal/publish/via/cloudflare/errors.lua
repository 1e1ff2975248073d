--- What Cloudflare's answers mean, by the numbers of its errors.
-- @module mailseal.publish.via.cloudflare.errors
local api = require "mailseal.publish.api"

local M = {}

-- By the numbers of its errors, where the status says less.
local ERRORS = {
  [1000] = "bad_credentials", [6003] = "bad_credentials", [6111] = "bad_credentials", [9103] = "bad_credentials",
  [9106] = "bad_credentials", [10001] = "bad_credentials", [9109] = "not_allowed", [10000] = "not_allowed",
  [7000] = "no_zone", [7003] = "no_zone", [1001] = "no_zone", [971] = "rate_limited", [10429] = "rate_limited",
  [81044] = "zone_moved", [81053] = "zone_moved", [81054] = "zone_moved", [81055] = "zone_moved", [81056] = "zone_moved",
  [81057] = "zone_moved", [81058] = "zone_moved",
}
local WORDS = {
  zone_moved = "says that this contradicts what stands there: nothing was changed",
  bad_credentials = "does not know this token",
  not_allowed = "does not allow this token to do that: it wants the permissions Zone Read and DNS Edit for this zone",
}

-- Its errors, and those that brought them about, as one list.
local function errors_of(data)
  local list = {}
  for _, one in ipairs(api.is_list(data, { code = "whole" }) and data or {}) do
    list[#list + 1] = one
    for _, cause in ipairs(errors_of(one.error_chain)) do list[#list + 1] = cause end
    if #list > 20 then break end
  end
  return list
end

--- What an answer means; see `explain` of `mailseal.publish.api`.
-- @tparam number status
-- @tparam any data
-- @treturn ?string code
-- @treturn ?string words
-- @treturn ?table details
-- @treturn ?string what it says itself
function M.explain(status, data)
  if status < 300 and api.is(data, { success = "boolean" }) and data.success then return nil end
  local list, said, code = errors_of(type(data) == "table" and data.errors), {}, nil
  for i, one in ipairs(list) do
    said[i] = ("%s (%d)"):format(tostring(one.message or ""), one.code)
    code = code or ERRORS[one.code]
    if one.code == 9109 and said[i]:find "^Invalid access token" then code = "bad_credentials" end
  end
  if status < 300 then
    code = code or list[1] and "refused_record" or "bad_answer"
    return code, WORDS[code] or "does not say that it went well", nil, said[1] and table.concat(said, "; ")
  end
  return code, WORDS[code], nil, said[1] and table.concat(said, "; ")
end

return M
