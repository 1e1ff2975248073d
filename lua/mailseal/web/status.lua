--- What states are called on the page, and how they look: each has a tone ("ok", "wait", "warn", "bad", "off", "none") that gives it its
-- shape and colour, and a word.
-- @module mailseal.web.status
local words = require "mailseal.web.words"

local M = {}

local domains = {
  pending = { tone = "wait", word = "Pending" },
  verified = { tone = "ok", word = "Verified" },
  failed = { tone = "bad", word = "Failed" },
}

--- The states that a list can be asked for, in order.
M.DOMAINS = { "pending", "verified", "failed" }

-- The provider's own word says more to its customer than ours; where it is one of ours, it would only be taken for that.
local function own_word(provider_status, ours)
  if not provider_status or provider_status == "" or domains[provider_status:lower()] then
    return ours
  end
  return words.capital(provider_status)
end

--- A domain's.
-- @tparam table domain as of `mailseal.onboard`
-- @treturn string its tone
-- @treturn string its word: the provider's own, where it has one
function M.domain(domain)
  local known = domains[domain.status] or { tone = "none", word = domain.status }
  local word = own_word(domain.provider_status, known.word)
  if domain.status == "verified" and domain.enabled == false then
    return "off", "Paused"
  elseif domain.status == "verified" and ((domain.negatives or 0) > 0 or domain.restriction) then
    return "warn", word
  end
  return known.tone, word
end

--- The word for a domain's status alone.
-- @tparam string status
-- @treturn string
function M.word(status)
  return domains[status] and domains[status].word or status
end

local records = {
  found = { "ok", "Found" }, missing = { "none", "Missing" }, mismatch = { "bad", "Wrong" }, conflicting = { "bad", "In conflict" },
  migrating = { "warn", "Old value" }, propagating = { "wait", "Spreading" }, unknown = { "none", "Not looked at yet" },
}

--- Is a finding about a record? It names it; or is one of those that its status comes from, at its name.
-- @tparam table finding
-- @tparam table record of a domain
-- @treturn boolean
function M.is_about(finding, record)
  if finding.record then
    return finding.record == record.id
  end
  for _, code in ipairs(record.findings or {}) do
    if code == finding.code and (finding.name == nil or finding.name == record.name) then
      return true
    end
  end
  return false
end

-- That something is not there, and nothing else.
local is_plain = { record_missing = true }

--- Is it known why a record is not found, beside that it is not there?
-- @tparam table record of a domain
-- @tparam table domain
-- @treturn boolean
function M.has_cause(record, domain)
  for _, finding in ipairs(domain.findings or {}) do
    if finding.severity == "error" and not is_plain[finding.code] and M.is_about(finding, record) then
      return true
    end
  end
  return false
end

-- Has DNS given no answer for it?
local function is_unanswered(record, domain)
  for _, finding in ipairs(domain.findings or {}) do
    if M.is_about(finding, record) or finding.name == record.name and finding.code:find "^dns_" then
      return true
    end
  end
  return false
end

--- A record's.
-- @tparam table record of a domain
-- @tparam table domain
-- @treturn string its tone
-- @treturn string its word
-- @treturn ?string the provider's own word, where that is another one
function M.record(record, domain)
  local is_checked = domain.checked_at ~= nil
  local known = records[record.status] or { "none", record.status }
  local tone, word = known[1], known[2]
  if record.status == "unknown" and is_checked and is_unanswered(record, domain) then
    tone, word = "wait", "No answer"
  elseif record.status == "missing" and M.has_cause(record, domain) then
    tone, word = "bad", "Not right"
  elseif record.status == "missing" and record.required and is_checked then
    tone = "warn"
  end
  local own = record.provider_status
  local is_other = own and own ~= record.status and own:lower() ~= word:lower()
  return tone, word, is_other and own or nil
end

local healths = { healthy = { "ok", "Healthy" }, warning = { "warn", "Warning" }, critical = { "bad", "Critical" } }

--- Its health.
-- @tparam table domain `health`, `restriction`
-- @treturn string its tone
-- @treturn string its word
function M.health(domain)
  local known = healths[domain.health] or healths.healthy
  local restriction = domain.restriction
  return known[1], restriction and known[2] .. ", " .. restriction or known[2]
end

local keys = {
  awaited = { "wait", "Awaited", "its record is not on all name servers yet" },
  spreading = { "wait", "Spreading", "every name server has it; caches forget what was there before" },
  active = { "ok", "Signs", "mail is signed with it" },
  retiring = { "off", "Retiring", "another one signs; its record stays while mail that it signed may be under way" },
  revoked = { "warn", "Revoked", "its record is to be replaced by one that says so" },
  withdrawn = { "none", "Withdrawn", "every name server says that it is revoked" },
  removed = { "none", "Over", "its record is needed no more" },
  dropped = { "none", "Dropped", "it is never used again" },
}

--- A key's.
-- @tparam table key as of `tenant:keys`
-- @tparam table domain whose it is
-- @treturn string its tone
-- @treturn string its word
-- @treturn string what that means
function M.key(key, domain)
  if key.state == "awaited" and domain.status == "pending" then
    return "wait", "Awaited", "mail is signed with it as soon as the domain is verified"
  end
  local known = keys[key.state] or { "none", key.state, "" }
  return known[1], known[2], known[3]
end

local severities = { error = "bad", warning = "warn", pending = "wait", advice = "none" }

--- A finding's tone.
-- @tparam table finding
-- @treturn string
function M.finding(finding)
  return severities[finding.severity] or "none"
end

return M
