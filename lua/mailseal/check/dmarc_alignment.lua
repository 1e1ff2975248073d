--- Can the domain's mail pass DMARC, as it is set up (RFC 9989 §4.4)?
--
-- A signature is made for the domain itself, with the selectors that the check was given: it is aligned wherever its key can be used.
-- SPF speaks for the domain of the return address, which may be another: a mail service's own, as a rule.
-- @module mailseal.check.dmarc_alignment
local dmarc = require "mailseal.dmarc"
local return_address = require "mailseal.check.return_address"
local walk = require "mailseal.dmarc.walk"

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

-- Is a domain aligned with that of the check? Nil where DNS does not say.
local function is_aligned(context, domain, strict)
  return (dmarc.aligned(context.domain, domain, { resolver = context.resolver, strict = strict }))
end

-- Can SPF pass for a domain that is aligned? Nil where the return address is not known, or DNS does not tell. And what is to be told of
-- that, "unknown" where DNS does not say.
local function of_spf(context, domain, strict)
  local aligned = domain and is_aligned(context, domain, strict)
  if aligned == nil then
    return nil, domain and "unknown"
  elseif not aligned then
    local relaxed = strict and is_aligned(context, domain, false)
    return false, relaxed and "dmarc_spf_strict" or relaxed == nil and "unknown" or "dmarc_spf_not_aligned"
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

-- Tells where DNS did not answer on the way to the organizational domains.
local function tell_fault(context, domain)
  local steps = walk.ask({ context.domain, domain }, context.resolver)
  for _, name in ipairs { context.domain, domain } do
    for _, step in ipairs(walk.path(name, steps)) do
      if step.temporary then
        context:temporary(step.answer)
        return
      end
    end
  end
end

--- Looks at which of DKIM and SPF can carry DMARC.
-- @tparam table context see `mailseal.check.context`; of its options `sender`: the return address, or its domain
-- @tparam table found as of `dmarc.discover`, where there is a record
-- @treturn table `dkim` and `spf`: true, false, or nil where nobody said enough to tell
function M.look(context, found)
  local reach, domain = { dkim = of_dkim(context) }, return_address.domain(context)
  local spf, code = of_spf(context, domain, found.parsed.spf_alignment == "strict")
  reach.spf = spf
  local fields = { name = context.domain, found = domain, expected = context.domain, policy = found.policy }
  if reach.dkim == false and reach.spf == false then
    context:find(found.policy == "none" and "dmarc_fails" or "dmarc_fails_policy", fields)
  elseif code == "unknown" then
    if not (reach.dkim and reach.spf == nil) then -- nobody need know where DKIM passes anyway
      tell_fault(context, domain)
    end
  elseif code then
    context:find(code, fields)
  end
  return reach
end

return M
