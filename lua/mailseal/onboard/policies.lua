--- The numbers that all goes by: those of each part, and others in the place of some.
-- @module mailseal.onboard.policies
local M = {}

-- What makes the numbers of each part of those that are given.
local parts = {
  health = require "mailseal.onboard.health_rules".policy, keys = require "mailseal.onboard.key_life".policy,
  publishing = require "mailseal.onboard.publishing.policy".policy,
  schedule = require "mailseal.onboard.schedule".policy, webhooks = require "mailseal.onboard.webhook_rules".policy,
}

--- Makes them.
-- @tparam[opt] table given by part (`health`, `keys`, `publishing`, `schedule`, `webhooks`), numbers in place of the ordinary ones
-- @tparam[opt=1] number level whose error it is, as of `error`
-- @treturn table by part, all numbers
-- @raise where there is no such part; where one is not known, or makes no sense
function M.of(given, level)
  local policy = {}
  for part in pairs(given or {}) do
    if not parts[part] then error(("onboard.open: there is no policy of \"%s\""):format(tostring(part)), (level or 1) + 1) end
  end
  for part, make in pairs(parts) do policy[part] = make((given or {})[part]) end
  return policy
end

return M
