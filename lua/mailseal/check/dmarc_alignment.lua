--- Can the domain's mail pass DMARC, as it is set up (RFC 9989 §4.4)?
--
-- A signature is made for the domain itself, with the selectors that the check was given: it is aligned wherever its key can be used.
-- SPF speaks for the domain of the return address, which may be another: a mail service's own, as a rule.
-- @module mailseal.check.dmarc_alignment
local dmarc = require "mailseal.dmarc"

local M = {}

-- Key states that may yet turn out well.
local undecided = { unknown = true, missing = true, propagating = true }

-- Can a signature pass? Nil where no selector is known, or its key is not to be seen yet.
local function of_dkim(context)
  local dkim = context:aspect "dkim"
  if not dkim or #dkim.selectors == 0 then
    return nil
  end
  local unsure = false
  for _, selector in ipairs(dkim.selectors) do
    if selector.state == "found" and selector.key then
      return true
    end
    unsure = unsure or undecided[selector.state]
  end
  if unsure then
    return nil
  end
  return false
end

-- Can SPF pass for a domain that is aligned? Nil where the return address is not known, or DNS does not tell.
local function of_spf(context, found)
  local sender = context.options.sender
  if not sender then
    return nil
  end
  local domain, strict = sender:gsub("^<(.*)>$", "%1"):match "([^@]*)$", found.parsed.spf_alignment == "strict"
  local aligned = dmarc.aligned(context.domain, domain, { resolver = context.resolver, strict = strict })
  if aligned == nil then
    return nil
  elseif not aligned then
    local relaxed = strict and dmarc.aligned(context.domain, domain, { resolver = context.resolver })
    return false, relaxed and "dmarc_spf_strict" or "dmarc_spf_not_aligned", domain
  end
  local spf = context:aspect "spf"
  for _, result in ipairs(spf and spf.results or {}) do
    if result.result == "temperror" then
      return nil
    elseif result.result ~= "pass" then
      return false
    end
  end
  return true
end

--- Looks at which of DKIM and SPF can carry DMARC.
-- @tparam table context see `mailseal.check.context`; of its options `sender`: the return address, or its domain
-- @tparam table found as of `dmarc.discover`, where there is a record
-- @treturn table `dkim` and `spf`: true, false, or nil where nobody said enough to tell
function M.look(context, found)
  local reach = { dkim = of_dkim(context) }
  local code, domain
  reach.spf, code, domain = of_spf(context, found)
  local fields = { name = context.domain, found = domain, expected = context.domain, policy = found.policy }
  if reach.dkim == false and reach.spf == false then
    context:find(found.policy == "none" and "dmarc_fails" or "dmarc_fails_policy", fields)
  elseif code then
    context:find(code, fields)
  end
  return reach
end

return M
