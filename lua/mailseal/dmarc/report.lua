--- May reports about a domain go to another one (RFC 9989 §11.6; RFC 9990, before it RFC 7489 §7.1)? `mailseal.dmarc` is the face.
-- @module mailseal.dmarc.report
local alignment = require "mailseal.dmarc.alignment"
local answers = require "mailseal.dns.answer"
local record = require "mailseal.record.dmarc_report"
local walk = require "mailseal.dmarc.walk"

local M = {}

-- The first of the texts that lets the reports come.
local function find_authorisation(texts)
  for _, text in ipairs(texts) do
    local parsed = record.parse(text)
    if parsed then
      return text, parsed
    end
  end
end

-- What the addresses become that it names in the place of those asked for: those at the destination itself, and no others.
local function overriding(list, destination)
  if #list == 0 then
    return nil
  end
  local kept = {}
  for _, uri in ipairs(list) do
    if alignment.canonical(uri.domain) == destination then
      kept[#kept + 1] = uri
    end
  end
  return kept
end

local function take(found, answer, destination)
  found.answer, found.retry_at = answer, answer and answer.recheck_at
  if not answer then
    found.result, found.reason = "refused", "name_too_long"
  elseif answers.temporary[answer.status] then
    found.result, found.reason = "temperror", "dns"
  else
    local text, parsed = find_authorisation(answer.text)
    found.result, found.reason = text and "authorised" or "refused", not text and "no_record" or nil
    found.record, found.parsed = text, parsed
    found.aggregate_reports = parsed and overriding(parsed.aggregate_reports, destination)
    found.failure_reports = parsed and overriding(parsed.failure_reports, destination)
  end
  return found
end

--- The domains that reports are asked to go to.
-- @tparam table parsed a record as of `mailseal.record.dmarc.parse`
-- @treturn {string,...} in lower case, each once, in their order
function M.destinations(parsed)
  local list, seen = {}, {}
  for _, uris in ipairs { parsed.aggregate_reports, parsed.failure_reports } do
    for _, uri in ipairs(uris) do
      local domain = uri.domain and uri.domain:lower()
      if domain and not seen[domain] then
        list[#list + 1], seen[domain] = domain, true
      end
    end
  end
  return list
end

--- Asks for the authorisation, and for both organizational domains, all at once.
-- @tparam string domain at which the DMARC record is, in lower-case A-labels, as is the other
-- @tparam string destination the domain of the address
-- @tparam table resolver
-- @treturn ?table see `mailseal.dmarc.report_authorised`
-- @treturn ?string what is wrong
-- @treturn ?string `wrong_phase`
function M.ask(domain, destination, resolver)
  local found = { domain = domain, destination = destination, name = domain .. "._report._dmarc." .. destination }
  if domain == destination then
    found.result, found.reason = "authorised", "same_domain"
    return found
  end
  if resolver.ready then
    local ready, why, kind = resolver:ready()
    if not ready then
      return nil, why, kind
    end
  end
  local walks = alignment.needs_walk(domain, destination) and { domain, destination } or {}
  local steps, answer, code = walk.ask(walks, resolver, found.name)
  if not steps then
    return nil, answer, code
  end
  local aligned, retry_at = alignment.of(domain, destination, steps)
  if aligned then
    found.result, found.reason = "authorised", "same_organization"
    return found
  end
  take(found, answer, destination)
  if aligned == nil and found.result == "refused" then
    found.result, found.reason, found.retry_at = "temperror", "dns", retry_at
  end
  return found
end

return M
