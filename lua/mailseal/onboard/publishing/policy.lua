--- The numbers that publishing goes by.
-- @module mailseal.onboard.publishing.policy
local fields = require "mailseal.onboard.fields"
local kinds = require "mailseal.dns.options"

local M = {}

--- The numbers, in seconds where nothing else is said, each of which `policy.publishing` of `onboard.open` may name otherwise.
--
-- - `lease`: for how long a zone is left to whoever writes to it and is not heard of any more
-- - `wait`: for how long it is waited, when all is written, until the zone's name servers show it
-- - `look_first`, `look_most`: between two looks whether they do, at first and at most; twice as long each time
-- - `settle_after`: after how long it is looked what became of a publication that was not ended
-- - `connect_most`: for how long it is looked whether DNS shows what a DNS host was asked to set
-- - `retry_first`, `retry_most`: after how long what failed of keys' records is tried again; twice as long each time
-- - `zone_look`: after how long a name in the operator's zone is looked at again, at which a key stands
-- - `allow_private`, `allow_plain`: DNS hosts may be in private networks; and be reached by http://
-- - `ca_file`: a file of certificates that those of DNS hosts may be signed with; nil for the system's
M.POLICY = {
  lease = 30, wait = 15, look_first = 0.5, look_most = 4, settle_after = 900, connect_most = 2 * 86400, retry_first = 60,
  retry_most = 6 * 3600, zone_look = 86400, allow_private = false, allow_plain = false,
}

local span = kinds.seconds(86400)

--- A check of options, for how long it is waited: seconds from 0 to 600.
M.WAIT = { function(value) return type(value) == "number" and value >= 0 and value <= 600 end, "a number of seconds from 0 to 600" }

local known = {
  lease = kinds.seconds(3600), wait = M.WAIT, look_first = kinds.seconds(60), look_most = kinds.seconds(60),
  settle_after = span, connect_most = kinds.seconds(30 * 86400), retry_first = span, retry_most = span,
  zone_look = kinds.seconds(366 * 86400), allow_private = kinds.flag, allow_plain = kinds.flag,
  ca_file = kinds.of_type("string", "a file's name"),
}

--- The numbers to go by.
-- @tparam[opt] table given those that are to differ from @{POLICY}
-- @treturn table all of them
-- @raise where one is not known, or makes no sense
function M.policy(given)
  kinds.check("the policy of publishing", given or {}, known)
  return fields.joined(M.POLICY, given)
end

--- Options of `mailseal.fetch` that say which DNS hosts may be spoken to.
-- @tparam table policy
-- @treturn table
function M.fetch(policy)
  return { allow_private = policy.allow_private, allow_plain = policy.allow_plain, ca_file = policy.ca_file }
end

return M
