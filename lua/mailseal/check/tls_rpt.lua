--- The TLS reporting record: where reports go of mail that could not be handed over by TLS (RFC 8460 §3).
-- @module mailseal.check.tls_rpt
local text_record = require "mailseal.check.text_record"

local M = {}

--- Looks at the domain's TLS reporting record.
-- @tparam table context see `mailseal.check.context`
-- @treturn table as of `look` of `mailseal.check.text_record`
function M.look(context)
  return text_record.look(context, {
    name = "_smtp._tls." .. context.domain, kind = "tls_rpt", version = "TLSRPTv1",
    two = "tls_rpt_two_records", missing = "tls_rpt_missing",
  })
end

return M
