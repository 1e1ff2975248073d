--- A domain as callers get it: plain data, of the row that the store has of it.
-- @module mailseal.onboard.view
local assess = require "mailseal.onboard.assess"
local domains = require "mailseal.domain"
local fields = require "mailseal.onboard.fields"
local host = require "mailseal.host"
local key_records = require "mailseal.onboard.key_records"
local names = require "mailseal.dns.name"
local provider = require "mailseal.provider"

local M = {}

-- Fields that are the row's own.
local SAME = {
  "domain", "provider", "status", "reason", "status_since", "checked_at", "next_check_at", "window_ends",
  "negatives", "negative_since", "restriction", "created_at",
}

-- What is known of a record that nobody has looked at yet.
local unseen = { status = "unknown" }

-- The zone that a record goes into; whose host's rules hold there, where one is known; and whether nobody has seen yet that it is that
-- zone. As long as nobody has looked it is taken to be that of the domain that was registered.
local function place_of(row, record, known)
  local zone, registrable = known.zone or row.zone, row.vars.registrable
  local is_assumed = not zone or not names.is_within(record.name, zone)
  if is_assumed then
    zone = registrable
  end
  local id = zone == row.zone and row.dns_host or known.zone == zone and known.dns_host
  return zone, id and host.find(id) or nil, is_assumed or nil
end

local function records_of(row, provider_rule)
  local list, seen = {}, row.report and row.report.records or {}
  for i, record in ipairs(assess.records(row)) do
    local entry, known = fields.joined(record), seen[record.id] or unseen
    entry.status, entry.found, entry.findings = known.status, known.found, known.findings or {}
    entry.provider_status = provider_rule and provider.record_status(provider_rule, known.status) or known.status
    entry.required = record.required or key_records.is_asked(record)
    local zone, rule, is_assumed = place_of(row, record, known)
    entry.host = host.render(rule, record, zone)
    entry.host.assumed = is_assumed
    list[i] = entry
  end
  return list
end

--- Makes it.
-- @tparam table row of the store
-- @tparam ?table rules as of `mailseal.provider.load_directory`
-- @tparam[opt] boolean brief without `records`, which are the most of the work
-- @treturn table
--
-- - `domain` (A-labels), `unicode`, `provider` (its id)
-- - `status`: "pending", "verified" or "failed"; `provider_status`: the provider's own word for it; `reason`: a word for why, where there
--   is one: "window_over" (its records were not there in time), "servers_differ" (its name servers did not come to agree), "no_answer"
--   (DNS did not say, for twice the time), "taken_over", "lost" (they were there, and are no more), "restarted"; `status_since`
-- - `owned`: is it proven to be the tenant's? `enabled`, `health`; `restriction`: "throttled" or "suspended", where its health has led
--   to that
-- - `records`: a list, that of the ownership challenge first until it was seen; each as `mailseal.provider` makes them, with `status`
--   ("found", "missing", "mismatch", "migrating", "conflicting", "propagating", "unknown", which it is before the first look, too),
--   `provider_status` (the provider's own word for that), `found`, `findings` (codes), and `host`: how to enter it, see
--   `mailseal.host.render`: in the zone that the record itself is in, which may be another than the domain's; there `assumed` is true as
--   long as nobody has seen which
-- - `findings`: what the last look found, see `mailseal.check`; `retry_at`
-- - `advice`: a list of `code` and `text`
-- - `zone`, `dns_host`: the zone that the domain is in, and whose rules hold there, once that was seen
-- - `checked_at`, `next_check_at`, `window_ends` (until when pending records are awaited), `created_at`: seconds since 1970
-- - `negatives`, `negative_since`: how often in a row something of a verified domain was missing, and since when
function M.domain(row, rules, brief)
  local view = {}
  for _, name in ipairs(SAME) do
    view[name] = row[name]
  end
  view.unicode = row.domain:find("xn--", 1, true) and domains.to_unicode(row.domain) or row.domain
  view.owned = row.owned_at ~= nil
  view.enabled, view.health = row.enabled ~= false, row.health or "healthy" -- as a new row has them
  local rule = provider.find(row.provider, rules)
  view.provider_status = rule and provider.status(rule, row.status) or row.status
  view.records = not brief and records_of(row, rule) or nil
  view.zone, view.dns_host = row.zone, row.dns_host
  view.findings, view.retry_at = row.report and row.report.findings or {}, row.report and row.report.retry_at
  view.advice = row.vars.advice or {}
  return view
end

return M
