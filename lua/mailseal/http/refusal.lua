--- What nginx refuses by itself, before any of this is asked: told as a problem, like all else that goes wrong.
-- @module mailseal.http.refusal
local problem = require "mailseal.http.problem"

local M = {}

-- By status, or another reason, what is said.
local known = {
  token_in_address = {
    "bad_query", "a token does not belong into an address, which is kept in many places: revoke it, and show another by Authorization",
  },
  [400] = { "bad_request", "the request is none of HTTP/1.1, or of HTTP/2" },
  [405] = { "method_not_allowed", "there is no such method here" },
  [408] = { "too_slow", "the request did not come in time" },
  [413] = { "too_large", "what is sent is larger than anything that is taken here" },
  [414] = { "address_too_long", "the path or the query is too long" },
  [431] = { "fields_too_large", "the fields of the header are too large" },
  [501] = { "not_implemented", "the body comes in a way that is not taken here: as it is, or in chunks" },
  [503] = { "busy", "nginx has no room for more" },
  [504] = { "timeout", "it took too long" },
  [505] = { "other_version", "that is no version of HTTP that is spoken here" },
}

--- Makes the answer.
-- @tparam table service
-- @tparam string|number why the status, as nginx has it; or `token_in_address`
-- @tparam string target path and query, as they were sent
-- @treturn table as of `mailseal.http.reply`
function M.reply(service, why, target)
  local one = known[why] or { "internal", ("nginx says %s"):format(tostring(why)) }
  local members
  if why == 405 then
    local _, _, _, allow = service.router:find("TRACE", target:match "^[^?]*")
    members = { headers = { Allow = allow or "OPTIONS" } }
  end
  return problem.reply({ service = service, headers = {} }, one[2], one[1], members)
end

return M
