--- The names of what a DNS server answers to a request as a whole (RFC 6895 §2.3): its rcode, and the error in a TSIG record.
-- @module mailseal.dns.rcode
local M = {}

local names = {
  [0] = "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE",
  [16] = "BADSIG", [17] = "BADKEY", [18] = "BADTIME", [22] = "BADTRUNC",
}

--- The name of a number.
-- @tparam number number
-- @treturn string "NOTAUTH"; "RCODE11" of one that has none here
function M.name(number) return names[number] or ("RCODE%d"):format(number) end

--- The name of a message's rcode, as its header has it.
-- @tparam string message of 12 octets at least
-- @treturn string
function M.of(message) return M.name(message:byte(4) % 16) end

return M
