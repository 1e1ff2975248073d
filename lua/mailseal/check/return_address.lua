--- The return address of a domain's mail (MAIL FROM), which SPF is asked about: is it in the domain, or in another?
-- @module mailseal.check.return_address
local domains = require "mailseal.domain"

local M = {}

--- The domain of the return address that the check was given.
-- @tparam table context see `mailseal.check.context`; of its options `sender`: the return address, or its domain
-- @treturn ?string in lower-case A-labels; nil where none was given, or it is none that can be asked for
function M.domain(context)
  local sender = context.options.sender
  if not sender then
    return nil
  end
  local name = domains.to_ascii((sender:gsub("^<(.*)>$", "%1"):match "([^@]*)$":gsub("%.$", "")))
  return name and domains.valid(name) and name:lower() or nil
end

return M
