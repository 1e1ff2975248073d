--- A domain of the registry, for people. (As JSON has it: `mailseal.onboard.objects`.)
-- @module mailseal.cli.domain_view
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

-- ---- For people.

-- Columns in front of a record's name, as in the report of a check, and of the names of facts and fields.
local RECORD, FACT = 22, 11

local function fact(name, words)
  if words then
    paint.line(("  %-" .. FACT - 2 .. "s "):format(name), FACT + 1, words)
  end
end

local function moment(seconds)
  return seconds and paint.time(seconds) or nil
end

-- The domain as it stands in DNS, and as people read it where that is something else.
local function name_of(domain)
  local beside = domain.unicode and domain.unicode ~= domain.domain and " (" .. text.printable(domain.unicode) .. ")" or ""
  return paint.paint("strong", text.printable(domain.domain)) .. beside
end

-- What is said of a status beside it: the provider's own word, where it has another one, and why it is so.
local function remarks_of(thing)
  local list = {}
  local own = thing.provider_status
  if own and own:lower() ~= thing.status then
    list[#list + 1] = own
  end
  if thing.reason then
    list[#list + 1] = (thing.reason:gsub("_", " "))
  end
  return #list > 0 and " (" .. text.printable(table.concat(list, "; ")) .. ")" or ""
end

local function place_of(domain)
  if domain.zone then
    return domain.dns_host and ("%s, at %s"):format(domain.zone, domain.dns_host) or domain.zone
  end
end

-- What is to be known, and to be done, about the reason of a status.
local reasons = {
  lost = "records that were there are gone from DNS: publish them again, and it is verified again",
  taken_over = "somebody else has proven that the domain is theirs: `mailseal domains restart` asks for a fresh proof",
  window_over = "its records were not all there in time: publish them, then `mailseal domains restart` starts again",
}

-- How it stands where something of a verified domain has not been found of late.
local function doubt_of(domain)
  local looks = domain.status == "verified" and domain.negatives or 0
  if looks > 0 then
    local since = domain.negative_since and " since " .. paint.time(domain.negative_since) or ""
    return ("%d look%s in a row%s did not find what is required; it stays verified unless that lasts for hours"):format(
      looks, looks == 1 and "" or "s", since)
  end
end

-- What becomes of a pending domain at the end of its time.
local UNTIL = "%s; it fails where something required is not there by then"

local function tell_facts(domain)
  fact("provider", domain.provider)
  fact("why", reasons[domain.reason])
  fact("owner", not domain.owned and "not proven yet" or nil)
  fact("DNS zone", place_of(domain))
  fact("sending", not domain.enabled and "disabled" or nil)
  fact("health", domain.health ~= "healthy" and domain.health .. (domain.restriction and ": " .. domain.restriction or "") or nil)
  fact("in doubt", doubt_of(domain))
  fact("looked at", moment(domain.checked_at))
  fact("again at", moment(domain.next_check_at))
  fact("until", domain.status == "pending" and domain.window_ends and UNTIL:format(moment(domain.window_ends)) or nil)
end

local function detail(name, width, words)
  local column = RECORD + width + 2
  paint.line((" "):rep(RECORD) .. text.printable(name) .. ":" .. (" "):rep(width - #name + 1), column, words)
end

-- What is said elsewhere, or may stay as the form has it.
local minor = { type = true, ttl = true }

-- The fields of the DNS host's own form; `whole`: all of them, and what is to be known about them.
local function tell_host(host, whole)
  local shown, width = {}, 0
  for _, field in ipairs(host.fields) do
    if field.value ~= nil and (whole or not minor[field.key]) then
      shown[#shown + 1], width = field, math.max(width, #field.label)
    end
  end
  for _, field in ipairs(shown) do
    detail(field.label, width, tostring(field.value))
  end
  for _, note in ipairs(whole and host.notes or {}) do
    paint.line((" "):rep(RECORD), RECORD, note, "faint")
  end
  if host.possible == false then
    paint.line((" "):rep(RECORD), RECORD, tostring(host.why), "yellow")
  end
end

local function tell_entry(record, whole)
  if type(record.host) == "table" and type(record.host.fields) == "table" and record.host.fields[1] then
    tell_host(record.host, whole)
  else
    local value = type(record.value) == "table" and table.concat(record.value, ", ") or record.value
    detail("value", 5, value or "the mail provider shows it")
  end
  if type(record.note) == "string" then
    paint.line((" "):rep(RECORD), RECORD, record.note, "faint")
  end
end

-- What stands at the name of a record that is missing: texts may well be others, but also what was mistyped.
local function tell_others(record)
  if record.status == "missing" and record.found ~= nil then
    paint.cut((" "):rep(RECORD) .. "there is: ", RECORD + 10, record.found)
  end
end

--- Tells a record: how it stands, what was found out about that, and what to enter where it is not as it should be.
-- @tparam table record of a domain
-- @tparam[opt] boolean whole tell what to enter in any case, with each field and note of the DNS host's form
-- @tparam[opt] {table,...} findings that are about it
function M.tell_record(record, whole, findings)
  local first = ("  %s %-6s "):format(paint.word(record.status, 12), text.printable(record.type))
  paint.line(first, RECORD, record.name .. (record.required == false and " (optional)" or "") .. remarks_of(record))
  for _, finding in ipairs(findings or {}) do
    paint.cause(finding, RECORD, record.name, finding.code ~= "record_missing") -- of what is missing the form is the cure
  end
  tell_others(record)
  if record.status ~= "found" or whole then
    tell_entry(record, whole)
  end
end

-- The findings by the record that they are about, for those that are not found; and all others.
local function by_record(domain)
  local of, others, open = {}, {}, {}
  for _, record in ipairs(domain.records or {}) do
    open[record.id] = record.status ~= "found" and record or nil
  end
  for _, finding in ipairs(domain.findings or {}) do
    if finding.record and open[finding.record] then
      of[finding.record] = of[finding.record] or {}
      table.insert(of[finding.record], finding)
    else
      others[#others + 1] = finding
    end
  end
  return of, others
end

--- Prints a domain.
-- @tparam table domain as of `mailseal.onboard`
function M.tell(domain)
  output.line(name_of(domain), ": ", paint.word(domain.status), remarks_of(domain))
  tell_facts(domain)
  local findings, others = by_record(domain)
  for _, record in ipairs(domain.records or {}) do
    M.tell_record(record, false, findings[record.id])
  end
  for _, finding in ipairs(others) do
    paint.finding(finding, 2, domain.domain, true)
  end
  if domain.status == "verified" then
    return -- what the provider advises is for whoever sets it up
  end
  for _, advice in ipairs(domain.advice or {}) do
    paint.line("  " .. paint.word "advice" .. ":  ", 11, advice.text)
  end
end

-- The words of a line of a list that stand in columns.
local function columns_of(domain)
  local readable = domain.unicode ~= domain.domain and " (" .. text.printable(domain.unicode) .. ")" or ""
  return { text.printable(domain.domain) .. readable, text.printable(domain.provider) }
end

-- How many characters a text has, as far as UTF-8 tells.
local function width_of(words)
  return #words:gsub("[\128-\191]", "")
end

--- Prints domains in a line each, aligned.
-- @tparam {table,...} domains as of `mailseal.onboard`
function M.tell_lines(domains)
  local rows, widths = {}, { 0, 0 }
  for i, domain in ipairs(domains) do
    rows[i] = columns_of(domain)
    for column, words in ipairs(rows[i]) do
      widths[column] = math.max(widths[column], width_of(words))
    end
  end
  for i, domain in ipairs(domains) do
    local remarks = (remarks_of(domain) .. (domain.enabled and "" or " disabled")):gsub("^ ", "")
    local line = {}
    for column, words in ipairs(rows[i]) do
      line[column] = words .. (" "):rep(widths[column] - width_of(words))
    end
    local words = (table.concat(line, "  ") .. "  " .. remarks):gsub(" +$", "")
    output.line(paint.word(domain.status, 9), " ", words)
  end
end

local exit_statuses = { verified = status.OK, failed = status.NO, pending = status.TEMPORARY }

--- The exit status that says as much as a domain's status.
-- @tparam table domain
-- @treturn number
function M.exit_status(domain)
  return exit_statuses[domain.status] or status.NO
end

return M
