--- Which DMARC policy applies to a domain, and where it stands (RFC 9989 §4.10.1); `mailseal.dmarc` is the face.
-- @module mailseal.dmarc.discovery
local answers = require "mailseal.dns.answer"
local walk = require "mailseal.dmarc.walk"

local M = {}

-- What t=y makes of a policy (§4.7): the next weaker one.
local tested = { none = "none", quarantine = "none", reject = "quarantine" }

local function has_fault(path)
  for _, step in ipairs(path) do
    if step.temporary then
      return true
    end
  end
  return false
end

-- What every result has.
local function outline(domain, path)
  local found = { domain = domain, queries = {}, answers = {}, path = path }
  for i, step in ipairs(path) do
    found.queries[i], found.answers[i] = step.name, step.answer or false
  end
  return found
end

-- Does the name exist (§3.2.13)? It does where anything but NXDOMAIN comes, for it or for the name below it that was asked;
-- a CNAME that leads to nowhere is there itself. Nil where nobody can tell.
local function says_exists(answer)
  if not answer or answers.temporary[answer.status] then
    return nil
  end
  return answer.status ~= "nxdomain" or #answer.chain > 0
end

-- The record that applies: the author domain's own, that of its organizational domain, that of the public suffix above it.
local function applicable(path)
  if path[1].parsed then
    return path[1]
  end
  local organizational, suffix = walk.organizational_domain(path)
  if not organizational then
    return nil
  end
  for _, step in ipairs(path) do
    if step.parsed and step.domain == organizational then
      return step
    end
  end
  return suffix
end

-- Why no record applies.
local function why_none(path)
  for _, step in ipairs(path) do
    if step.problem == "several_records" or step.problem == "dmarc_syntax" then
      return step.problem
    end
  end
  return "no_record"
end

-- Has the record a policy of its own for names that do not exist, so that one has to know?
local function asks_for_existence(parsed)
  return parsed.nonexistent_policy ~= nil and parsed.nonexistent_policy ~= (parsed.subdomain_policy or parsed.policy)
end

-- The tag that holds for the domain, and what it says.
local function policy_of(parsed, is_own, exists)
  if is_own then
    return parsed.policy, "p"
  elseif exists == false and parsed.nonexistent_policy then
    return parsed.nonexistent_policy, "np"
  elseif parsed.subdomain_policy then
    return parsed.subdomain_policy, "sp"
  end
  return parsed.policy, "p"
end

-- The record where it was found, and what it asks for.
local function take(found, step, exists)
  local parsed = step.parsed
  found.result, found.record, found.parsed, found.record_domain = "found", step.record, parsed, step.domain
  found.requested, found.tag = policy_of(parsed, step.domain == found.domain, exists)
  found.tested = parsed.testing
  found.policy = parsed.testing and tested[found.requested] or found.requested
  found.retry_at = step.answer.recheck_at
  return found
end

-- DNS gives no answer for now: somewhere on the path, or to the question whether the domain exists.
local function give_up(found, path, existence)
  found.result, found.reason, found.retry_at = "temperror", "dns", walk.retry_at(path, existence)
  return found
end

--- The policy that a walk comes to.
-- @tparam string domain in lower-case A-labels
-- @tparam table steps as of `mailseal.dmarc.walk.ask`
-- @tparam table resolver asked whether the domain exists, where that matters
-- @treturn table see `mailseal.dmarc.discover`
function M.read(domain, steps, resolver)
  local path = walk.path(domain, steps)
  local found = outline(domain, path)
  found.organizational_domain = walk.organizational_domain(path)
  found.exists = says_exists(path[1].answer) or nil
  local step = not path[1].temporary and applicable(path)
  if not step then
    if has_fault(path) then
      return give_up(found, path)
    end
    found.result, found.reason, found.retry_at = "none", why_none(path), path[1].answer and path[1].answer.recheck_at
    return found
  elseif step.problem then -- no policy: §4.10.1 has no DMARC take place
    found.result, found.reason, found.retry_at = "none", "no_policy", step.answer.recheck_at
    return found
  end
  if step.domain ~= domain and not found.exists and asks_for_existence(step.parsed) then
    local answer = resolver:query(domain, "MX")
    found.exists = says_exists(answer)
    if found.exists == nil then
      return give_up(found, path, answer)
    end
  end
  return take(found, step, found.exists)
end

return M
