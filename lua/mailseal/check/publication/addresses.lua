--- Addresses at a name that is to have none, but a CNAME or a text: a proxy's, or what the DNS host made of a CNAME.
-- @module mailseal.check.publication.addresses
local placement = require "mailseal.check.publication.placement"
local proxies = require "mailseal.check.publication.proxies"

local M = {}

--- The addresses that an answer has of the name's own: those of a wildcard, as many domains have one, stand in nobody's place, and
-- what a CNAME leads to is somebody else's.
-- @tparam table case see `mailseal.check.publication.case`
-- @tparam table|boolean answer of type A or AAAA to a question for the case's name; false where there is none
-- @treturn ?string in words; nil where there are none, or DNS does not say whose they are
-- @treturn ?string whose proxy they are, where they are one's that is known
function M.own(case, answer)
  local records = answer and answer.status == "ok" and #answer.chain == 0 and answer.records or {}
  if not records[1] or placement.is_wildcard(case.context, case.name, answer.type) ~= false then
    return nil
  end
  local list, proxy = {}, nil
  for i, record in ipairs(records) do
    list[i], proxy = record.address, proxy or proxies.of(record.address)
  end
  return table.concat(list, ", "), proxy
end

return M
