--- Is a domain that mail is sent as a CNAME? Then it can have no SPF record and no MX record of its own (RFC 1034 §3.6.2): they are those
-- of the name that it leads to. A mail service may mean it so, and then has its customers expect it.
-- @module mailseal.check.domain_alias
local M = {}

--- Is a CNAME expected at a name?
-- @tparam table context see `mailseal.check.context`
-- @tparam string name
-- @treturn boolean
function M.is_meant(context, name)
  for _, expectation in ipairs(context.expect) do
    if expectation.match == "cname_target" and expectation.name == name then
      return true
    end
  end
  return false
end

-- Is there a zone of its own at the name, all of whose records the CNAME puts at risk?
local function is_apex(context, name)
  local answer = context:ask(name, "SOA")
  return answer ~= nil and answer.status == "ok" and #answer.chain == 0
end

--- Tells that a name is a CNAME, where it is one that nobody expects.
-- @tparam table context
-- @tparam string name
-- @tparam table answer that about the name
-- @tparam string code what is told, unless the name is the apex of a zone
-- @treturn boolean was it told?
function M.tell(context, name, answer, code)
  local target = answer.chain[1]
  if not target or M.is_meant(context, name) then
    return false
  end
  context:find(is_apex(context, name) and "domain_cname_at_apex" or code, { name = name, found = target })
  return true
end

return M
