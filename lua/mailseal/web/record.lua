--- A record of a domain, as a card: what to enter, with the words of the DNS host's own form, and what DNS shows.
-- @module mailseal.web.record
local findings = require "mailseal.web.findings"
local formats = require "mailseal.record"
local h = require "mailseal.web.html"
local piece = require "mailseal.web.piece"
local plans = require "mailseal.handover.plan"
local remarks = require "mailseal.handover.words".remarks
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

-- What records are for, for people who have never heard of them.
local purposes = {
  dkim = { "DKIM key", "Receivers verify the signature of your mail with it." },
  spf = { "SPF", "Says which servers may send mail for the domain." },
  return_path = { "Return path", "Where messages that could not be delivered go back to." },
  dmarc = { "DMARC policy", "Says what receivers do with mail that only pretends to be yours." },
  ownership = { "Proof of ownership", "Shows that whoever runs the domain's DNS wants this. It may go when the domain is verified." },
  inbound = { "Incoming mail", "Where mail to the domain is delivered." },
  links = { "Links in mail", "The domain's own name in links and pictures." },
  delegation = { "Delegation", "Hands a part of the domain's DNS to the mail service." },
}

--- Titles of records, by id: those of the same purpose are numbered.
-- @tparam {table,...} records
-- @treturn table
function M.titles(records)
  local totals, titles, counts = {}, {}, {}
  for _, record in ipairs(records) do
    totals[record.purpose or ""] = (totals[record.purpose or ""] or 0) + 1
  end
  for _, record in ipairs(records) do
    local purpose = record.purpose or ""
    local known = purposes[purpose] and purposes[purpose][1] or words.capital(words.plain(purpose))
    counts[purpose] = (counts[purpose] or 0) + 1
    titles[record.id] = totals[purpose] > 1 and ("%s %d of %d"):format(known, counts[purpose], totals[purpose]) or known
  end
  return titles
end

-- ---- What to enter.

local is_copied = { name = true, value = true, priority = true }

-- What is to be typed: of SPF, where a record is there already, that one with what is new in it, for a name has one only.
local function typed(field, merged)
  local value = field.value
  if merged and field.key == "value" and value ~= nil then
    return tostring(value):find '^"' and formats.quote(formats.split(merged)) or merged
  end
  return value
end

local function field_value(field, value, id, about)
  if value == nil then
    return h.span { class = "soft", "Your mail provider shows it" }
  elseif value == "" then
    return h.span { class = "soft", "Leave this field empty" }
  elseif is_copied[field.key] then
    return piece.copyable(id, tostring(value), ("%s of %s"):format(field.label, about.title))
  end
  return h.span { class = "chosen", tostring(value) }
end

local function fields_of(record, about, merged)
  local list = {}
  for i, field in ipairs(record.host.fields or {}) do
    list[i] = h.div {
      class = "entry entry-" .. field.key, h.dt { field.label },
      h.dd { field_value(field, typed(field, merged), ("copy-%s-%d"):format(record.id, i), about) },
    }
  end
  return h.dl { class = "entries", list }
end

local function impossible(host, place)
  return piece.notice("bad", {
    h.strong { ("This cannot be published%s."):format(place and " at " .. place or "") }, " ",
    host.why and words.capital(host.why) .. ". " or nil, host.instead,
  })
end

-- What to mind, but for what is said of all records together.
local function notes_of(record, common, state)
  local list = {}
  for _, remark in ipairs(record.purpose ~= "ownership" and record.status ~= "found" and remarks(record, state) or {}) do
    list[#list + 1] = h.li { remark }
  end
  for _, note in ipairs(record.host.notes or {}) do
    list[#list + 1] = not common[note] and h.li { note } or nil
  end
  return list[1] and h.ul { class = "notes", list } or nil
end

-- What is to be typed, and how that comes from what is there. Of several SPF records one is made.
local function value_of(record, about)
  for _, finding in ipairs(about.findings or {}) do
    if finding.code == "spf_two_records" and type(finding.expected) == "string" then
      local value, state = plans.value {
        name = record.name, type = record.type, value = record.value, match = record.match, include = record.include,
        found = finding.expected,
      }
      return state == "merged" and value or finding.expected, "merged"
    end
  end
  return plans.value(record)
end

local function entry_of(record, about)
  local host = record.host
  local value, state = value_of(record, about)
  local zone = host.zone ~= about.zone and h.p { class = "zone-of", "Goes into the zone ", h.b { host.zone }, "." } or nil
  return {
    zone, host.possible == false and impossible(host, about.host_name) or nil,
    fields_of(record, about, state == "merged" and value or nil), notes_of(record, about.common, state),
  }
end

-- ---- What DNS shows.

local SHORT = 400

local function found_of(record)
  if record.found == nil or record.found == "" then
    return nil
  end
  local found = tostring(record.found)
  if #found > SHORT then
    return h.details { h.summary { "What DNS shows" }, h.code { class = "shown", found } }
  end
  return h.div { class = "seen", h.span { class = "soft", "DNS shows" }, h.code { class = "shown", found } }
end

local function next_look(record, domain, now)
  local at = domain.next_check_at
  if record.status == "found" or not at or domain.status == "failed" then
    return nil
  end
  return h.span { class = "next", at <= now and "next look in a moment" or { "next look at ", piece.moment(at, now) } }
end

-- Who has entered it already wonders why it is not seen.
local function remembered(record, list, now)
  for _, finding in ipairs(record.status == "missing" and list or {}) do
    local at = finding.code == "record_missing" and finding.retry_at
    if at and at > now then
      return h.p { class = "soft", "Entered already? DNS may remember until ", piece.moment(at, now), " that it was not there." }
    end
  end
end

-- ---- The card.

local function head_of(record, about, domain)
  local tone, word, own = status.record(record, domain)
  return h.div {
    class = "record-head", h.h3 { id = "title-" .. record.id, about.title, h.span { class = "type", record.type } },
    h.span { class = "chips", own and h.span { class = "own", own }, piece.state(tone, word), next_look(record, domain, about.now) },
  }, tone
end

local function card(domain, record, about, entry)
  local head, tone = head_of(record, about, domain)
  local known = purposes[record.purpose or ""]
  return h.article {
    class = "record is-" .. tone, id = "record-" .. record.id, data_part = true, aria_labelledby = "title-" .. record.id, head,
    h.p { class = "soft", known and known[2] .. " " or nil, not record.required and h.b { "Optional." } or nil },
    findings.of_record(about.findings, record, about), remembered(record, about.findings, about.now), found_of(record), entry,
  }
end

--- Draws a record that is to be published, or mended.
-- @tparam table domain as of `mailseal.onboard`
-- @tparam table record of it
-- @tparam table about `title`; `findings`, those about it; `told`, as of `mailseal.web.findings`; `host_name`, what the DNS host is
--   called; `zone`, that of most records; `common`, a set of notes that are not said again; `now`
-- @treturn table HTML
function M.card(domain, record, about)
  return card(domain, record, about, entry_of(record, about))
end

--- Draws a record that is published, and not seen everywhere yet.
-- @tparam table domain
-- @tparam table record
-- @tparam table about as of @{card}
-- @treturn table HTML
function M.under_way(domain, record, about)
  return card(domain, record, about, h.details { h.summary { "What was to be entered" }, entry_of(record, about) })
end

--- Draws a record that is as it should be: a line that can be opened.
-- @tparam table domain
-- @tparam table record
-- @tparam table about as of @{card}
-- @treturn table HTML
function M.done(domain, record, about)
  local tone, word, own = status.record(record, domain)
  return h.details {
    class = "record done is-" .. tone, id = "record-" .. record.id, data_part = true,
    h.summary {
      h.span { class = "record-name", h.b { about.title }, h.span { class = "type", record.type }, h.code { record.name } },
      h.span { class = "chips", own and h.span { class = "own", own }, piece.state(tone, word) },
    },
    found_of(record), entry_of(record, about),
  }
end

--- The records by what is to be done about them, in their order.
-- @tparam table domain
-- @treturn table lists: `required`, those that are to be published; `optional`, those that may be; `under_way`, those that are published
--   but not seen everywhere yet; `found`, those that are there
function M.sort(domain)
  local sorted = { required = {}, optional = {}, under_way = {}, found = {} }
  local ready = { found = sorted.found, propagating = sorted.under_way }
  for _, record in ipairs(domain.records or {}) do
    table.insert(ready[record.status] or record.required and sorted.required or sorted.optional, record)
  end
  return sorted
end

--- What is to be minded with records of several names alike: the notes, and the set of them.
-- @tparam table sorted as of @{sort}
-- @treturn {string,...}
-- @treturn table
function M.common(sorted)
  local first, list, set, records = {}, {}, {}, {}
  for _, record in ipairs(sorted.required) do
    records[#records + 1] = record
  end
  for _, record in ipairs(sorted.optional) do
    records[#records + 1] = record
  end
  for _, record in ipairs(records) do
    for _, note in ipairs(record.host and record.host.notes or {}) do
      first[note] = first[note] or record.name
      if first[note] ~= record.name and not set[note] then
        list[#list + 1], set[note] = note, true
      end
    end
  end
  return list, set
end

return M
