--- What a customer is warned of before he agrees to what a template changes.
-- @module mailseal.domain_connect.provider.warnings
local record = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local M = {}

local STRENGTH = { none = 0, quarantine = 1, reject = 2 }

-- What DMARC records ask receivers for (RFC 9989 §4.7), by name.
local function policies_of(lines)
  local found = {}
  for _, line in ipairs(lines) do
    local parsed = line.type == "TXT" and record.parse("dmarc", sets.joined(line.value) or "")
    found[line.name] = parsed and parsed.policy or found[line.name]
  end
  return found
end

-- Names whose policy asks for less than before.
local function add_weaker(list, added, removed)
  local new = policies_of(added)
  for name, policy in pairs(policies_of(removed)) do
    local becomes = new[name] or "none"
    if STRENGTH[becomes] < STRENGTH[policy] then
      local text = "Mail that only pretends to be yours is treated more kindly then: the policy at %s, p=%s, becomes p=%s."
      list[#list + 1] = { code = "dmarc_weaker", text = text:format(name, policy, becomes) }
    end
  end
end

--- The warnings.
-- @tparam table request see `mailseal.domain_connect.provider.request`
-- @tparam {table,...} added records (`name`, `type`, `value`)
-- @tparam {table,...} removed likewise
-- @treturn {table,...} each with `code` ("not_signed"; "underscore": it is about a name with a meaning of its own, RFC 8552;
--   "dmarc_weaker") and `text`
function M.of(request, added, removed)
  local list = {}
  if not request.signed then
    list[#list + 1] = { code = "not_signed", text = "Nobody has signed this request. Go on only if you came here from the service itself." }
  end
  if ("." .. (request.host or "")):find("._", 1, true) then
    list[#list + 1] = { code = "underscore", text = ("It is about %s, a name with a meaning of its own."):format(request.name) }
  end
  add_weaker(list, added, removed)
  return list
end

return M
