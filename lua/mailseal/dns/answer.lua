--- What is to be known of all answers: see `mailseal.dns.resolver` for what is in them.
-- @module mailseal.dns.answer
local M = {}

--- The statuses that say what there is: that a name has such records, that it has none, and that there is no such name.
M.definitive = { ok = true, nodata = true, nxdomain = true }

--- The others, that another server, or a later moment, may yet turn into one of those; the more telling the greater.
M.temporary = { timeout = 1, refused = 2, servfail = 3, bogus = 4 }

--- Seconds before which nobody should ask again.
M.RECHECK_SOONEST = 60

--- The answer where nobody has given one.
-- @tparam string name the question's
-- @tparam string kind its type
-- @tparam ?string reason a word, see `mailseal.dns.resolver`
-- @tparam[opt] string status a temporary one (timeout)
-- @treturn table
function M.none(name, kind, reason, status)
  return {
    status = status or "timeout", reason = reason, name = name, type = kind, authentic = false, authoritative = false,
    records = {}, text = {}, chain = {}, extended_errors = {},
  }
end

return M
