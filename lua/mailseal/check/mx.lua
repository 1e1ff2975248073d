--- Where a domain's mail goes: its MX records (RFC 5321 §5.1, RFC 7505).
-- @module mailseal.check.mx
local M = {}

--- Looks at the MX records of the domain.
-- @tparam table context see `mailseal.check.context`
-- @treturn table `status` (of the answer), `hosts` (a list with `preference` and `host`), `null` (the domain receives no mail)
function M.look(context)
  local answer = context:ask(context.domain, "MX")
  if context:temporary(answer) then
    return { status = answer.status, hosts = {} }
  end
  local hosts = {}
  for i, record in ipairs(answer.records) do
    hosts[i] = { preference = record.preference, host = record.exchange }
  end
  if #hosts == 0 then
    context:find("mx_none", { name = context.domain })
  end
  return { status = answer.status, hosts = hosts, null = #hosts == 1 and hosts[1].host == "." }
end

return M
