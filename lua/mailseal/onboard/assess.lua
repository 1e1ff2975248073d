--- How it stands with a domain's records: asks DNS, by a check, and says in one word what that comes to.
--
-- The worker and whoever looks himself come this way. A verified domain is given a glance first: is what it cannot do without there, by
-- way of the resolver? Unless it is, and for a domain that is not verified in any case, everything is looked at and each zone's own
-- name servers are asked, so that no cache's memory counts as an answer.
-- @module mailseal.onboard.assess
local check = require "mailseal.check"
local definitive = require "mailseal.dns.answer".definitive
local glance = require "mailseal.check.glance"
local is_within = require "mailseal.dns.name".is_within
local line = require "mailseal.printable".line
local ownership = require "mailseal.onboard.ownership"
local provider = require "mailseal.provider"

local M = {}

-- Octets kept of what was found, and of a sentence; findings kept of a look.
local FOUND_MAX, TEXT_MAX, FINDINGS_MAX = 1000, 600, 30

-- A text as it is kept: whatever DNS held, it is short, and fit to be shown.
local function cut(text, most)
  if type(text) == "table" then
    text = table.concat(text, ", ")
  end
  text = line(tostring(text))
  if #text <= most then
    return text
  end
  while text:byte(most + 1) >= 0x80 and text:byte(most + 1) < 0xC0 do -- no character is cut in two
    most = most - 1
  end
  return text:sub(1, most) .. "..."
end

--- Is a text that was found kept as it is in DNS, neither cut nor with octets of it escaped?
-- @tparam string found as of @{look}
-- @treturn boolean
function M.is_whole(found)
  return #found < FOUND_MAX - 3 and not found:find("\\", 1, true)
end

-- ---- What is looked at.

local function aspect_of(record)
  local match = record.match
  if match == "dkim_key" or match == "cname_target" and record.name:find("._domainkey.", 1, true) then
    return "dkim"
  end
  return match == "spf_include" and "spf" or match == "dmarc_any_valid" and "dmarc" or match == "mx" and "mx" or "expected"
end

--- A domain's records, that of the challenge before the provider's until it is proven to be its tenant's.
-- @tparam table row of the store
-- @treturn {table,...}
function M.records(row)
  if row.owned_at or not row.challenge then
    return row.records
  end
  local list = { ownership.record(row.domain, row.challenge) }
  for i, record in ipairs(row.records) do
    list[i + 1] = record
  end
  return list
end

-- The records to look at.
local function wanted_of(row, all)
  local list = {}
  for _, record in ipairs(M.records(row)) do
    if all or record.required then
      list[#list + 1] = record
    end
  end
  return list
end

local function expectations_of(records)
  local expect = {}
  for i, record in ipairs(records) do
    expect[i] = provider.expectation(record)
  end
  return expect
end

-- Looks at some records.
local function look_at(domain, records, options)
  local aspects, seen = {}, {}
  for _, record in ipairs(records) do
    local aspect = aspect_of(record)
    if not seen[aspect] then
      aspects[#aspects + 1], seen[aspect] = aspect, true
    end
  end
  return check.domain(domain.domain, {
    resolver = options.resolver, now = options.now, expect = expectations_of(records), only = aspects, keep = false,
  })
end

-- What is not required, and was not there before, may be missing still.
local function may_be_missing(row, record)
  local known = row.report and row.report.records and row.report.records[record.id]
  return not record.required and known ~= nil and known.status == "missing"
end

-- Puts what a glance at some records has seen into a look. Returns false where more than a glance is needed.
local function glance_at(row, records, look, options)
  local list, are_found = glance.look(row.domain, expectations_of(records), options)
  for _, entry in ipairs(are_found and list or {}) do
    look.records[entry.id] = { status = "found", found = entry.found and cut(entry.found, FOUND_MAX) }
  end
  return are_found or false
end

-- A look that has seen nothing yet.
local function begin(row)
  return { seen = "found", records = {}, generation = row.generation, challenge = row.challenge }
end

-- A glance at a verified domain. Returns a look; nil where it is not as well as it was.
local function glance_over(row, options)
  local look = begin(row)
  if not glance_at(row, wanted_of(row, false), look, options) then
    return nil
  end
  for _, record in ipairs(options.all and row.records or {}) do
    if not record.required and not glance_at(row, { record }, look, options) and not may_be_missing(row, record) then
      return nil
    end
  end
  return look
end

-- ---- What it comes to.

-- By name: do all name servers say the same of it? And in which zone it is; a registry's is nobody's to enter records in.
local function names_of(report, registrable)
  local confirmed, zones = {}, {}
  for _, asked in ipairs(report.name_servers.asked) do
    confirmed[asked.name] = confirmed[asked.name] or definitive[asked.status]
    if asked.zone and (not registrable or is_within(asked.zone, registrable)) then
      zones[asked.name] = asked.zone
    end
  end
  return confirmed, zones
end

-- The word of all records is that which comes last of theirs.
local rank = { found = 0, unsure = 1, differing = 2, incomplete = 3 }

local negative = { missing = true, mismatch = true, conflicting = true }

-- What a required record's status is to its domain: "found", "incomplete", "differing" or "unsure".
local function weigh(domain, entry, confirmed)
  local status, is_verified = entry.status, domain.status == "verified"
  if status == "found" or status == "migrating" and is_verified then -- what was right once works on
    return "found"
  elseif status == "migrating" then
    return "incomplete"
  elseif not negative[status] then
    return status == "propagating" and "differing" or "unsure"
  end
  return is_verified and confirmed and not confirmed[entry.name] and "unsure" or "incomplete"
end

local texts = { name = FOUND_MAX, record = FOUND_MAX, expected = FOUND_MAX, found = FOUND_MAX, where = FOUND_MAX, message = TEXT_MAX,
  fix = TEXT_MAX }

local function keep_finding(finding)
  local kept = { code = finding.code, severity = finding.severity, aspect = finding.aspect, retry_at = finding.retry_at }
  for field, most in pairs(texts) do
    kept[field] = finding[field] ~= nil and cut(finding[field], most) or nil
  end
  return kept
end

-- The findings that are about the records, and not about whatever else the check came upon.
local function relevant(report, wanted)
  local names, codes, list = {}, {}, {}
  for _, record in ipairs(wanted) do
    names[record.name] = true
  end
  for _, entry in ipairs(report.records) do
    for _, code in ipairs(entry.findings) do
      codes[code] = true
    end
  end
  for _, finding in ipairs(report.findings) do
    if finding.record or names[finding.name] or codes[finding.code] or finding.aspect == "name_servers" then
      list[#list + 1] = finding
    end
  end
  return list
end

local function keep_findings(findings)
  local list = {}
  for i = 1, math.min(#findings, FINDINGS_MAX) do
    list[i] = keep_finding(findings[i])
  end
  return list
end

-- The earliest moment at which something that is required and not there may be seen.
local function retry_at(findings, required)
  local moment
  for _, finding in ipairs(findings) do
    local at = finding.retry_at
    if at and (not finding.record or required[finding.record]) and (not moment or at < moment) then
      moment = at
    end
  end
  return moment
end

-- The challenge proves something at its very name alone; and, where that is wanted, only as the name servers say.
local function weigh_proof(domain, report, outcome, confirmed)
  local name = ownership.name(domain.domain)
  outcome.ownership = ownership.look(report)
  if outcome.ownership == "seen" and confirmed and not confirmed[name] then
    outcome.ownership, outcome.records[ownership.ID].status = "unsure", "unknown"
    outcome.seen = outcome.seen == "found" and "unsure" or outcome.seen
  elseif outcome.ownership == "elsewhere" then
    outcome.seen = "incomplete"
    outcome.records[ownership.ID].status, outcome.records[ownership.ID].findings = "mismatch", { "ownership_elsewhere" }
    table.insert(outcome.findings, 1, {
      code = "ownership_elsewhere", severity = "error", aspect = "expected", name = name, record = ownership.ID,
      message = name .. " is a CNAME: the proof stands at a name that may be somebody else's.",
      fix = ("Replace the CNAME of %s by the TXT record itself."):format(name),
    })
  end
end

-- Puts the report into the few words that are kept of it.
local function sum_up(domain, wanted, report, options)
  local required, outcome = {}, begin(domain)
  local confirmed, zones = names_of(report, domain.vars.registrable)
  for _, record in ipairs(wanted) do
    required[record.id] = record.required or nil
  end
  for _, entry in ipairs(report.records) do
    local word = required[entry.id] and weigh(domain, entry, options.policy.confirm and confirmed) or "found"
    if rank[word] > rank[outcome.seen] then
      outcome.seen = word
    end
    outcome.records[entry.id] = {
      status = entry.status, found = entry.found and cut(entry.found, FOUND_MAX), findings = entry.findings, zone = zones[entry.name],
    }
  end
  local findings = relevant(report, wanted)
  outcome.findings, outcome.retry_at = keep_findings(findings), retry_at(findings, required)
  if required[ownership.ID] then
    weigh_proof(domain, report, outcome, options.policy.confirm_proof and confirmed)
  end
  return outcome
end

--- Looks.
-- @tparam table domain the row of the store
-- @tparam table options `resolver`; `now`; `policy`, of which `confirm` is true where a verified domain's negative counts only if
--   the zone's name servers say the same; `thorough`: true where name servers are to be asked in any case; `all`: true where what is
--   not required is to be looked at, too
-- @treturn[1] table
--
-- - `seen`: "found" (all that is required is there), "incomplete" (DNS says that something is not), "differing" (the zone's name servers
--   say different things), "unsure" (DNS does not say)
-- - `records`: of those that were looked at, by the record's id, `status` (as of `check.domain`), `found`, `findings` (codes; nil where
--   nothing was looked into) and `zone`, the one that the record is in, where that was told
-- - `findings`: as of `check.domain`, those about the records, cut to what is worth keeping; nil where all was found at a glance, and
--   nothing was looked into
-- - `retry_at`: before which looking again is of no use; nil where nothing is open
-- - `ownership`: where the challenge was looked for, as of `mailseal.onboard.ownership.look`
-- - `generation`, `challenge`: those of the row, which say whether it is still about the same records, of the same claim
-- @treturn[2] nil
-- @treturn[2] string why DNS cannot be asked, or what is wrong with a record
-- @treturn[2] string as of `check.domain`
function M.look(domain, options)
  local thorough = options.thorough or domain.status ~= "verified"
  local look = not thorough and glance_over(domain, options)
  if look then
    return look
  end
  local wanted = wanted_of(domain, true)
  local report, message, code = look_at(domain, wanted, options)
  if not report then
    return nil, message, code
  end
  return sum_up(domain, wanted, report, options)
end

return M
