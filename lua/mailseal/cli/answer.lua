--- DNS answers for people and for programs: as lines of a zone file, and as JSON.
-- What is no record is a comment of the zone file, so that the whole stays one.
-- @module mailseal.cli.answer
local hexadecimal = require "mailseal.printable".hexadecimal
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local reasons = require "mailseal.cli.reasons"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

--- What each status of an answer means: the exit status, and the words for people where no reason is given.
local meanings = {
  ok = { status = status.OK },
  nodata = { status = status.NO, words = "{name} exists and has no record of type {type}" },
  nxdomain = { status = status.NO, words = "{name} does not exist" },
  timeout = { status = status.UNAVAILABLE, words = reasons.timeout },
  servfail = { status = status.TEMPORARY, words = "the DNS servers could not answer for {name} {type}" },
  refused = { status = status.TEMPORARY, words = "the DNS servers refused to answer for {name} {type}" },
  bogus = { status = status.TEMPORARY, words = reasons.dnssec_bogus },
  propagating = { status = status.NO },
  unconfirmed = { status = status.NO },
}

--- Reasons for a time-out that are not that every server is silent.
local not_silence = { queued = true, unasked = true, tcp_failed = true, failed = true, no_memory = true, closed = true }

--- How many extended errors are told at most.
local EXTENDED_ERRORS_MAX = 5

--- The names of extended DNS errors, by their codes (RFC 8914 §4).
local extended_errors = {
  [0] = "Other",
  "Unsupported DNSKEY Algorithm",
  "Unsupported DS Digest Type",
  "Stale Answer",
  "Forged Answer",
  "DNSSEC Indeterminate",
  "DNSSEC Bogus",
  "Signature Expired",
  "Signature Not Yet Valid",
  "DNSKEY Missing",
  "RRSIGs Missing",
  "No Zone Key Bit Set",
  "NSEC Missing",
  "Cached Error",
  "Not Ready",
  "Blocked",
  "Censored",
  "Filtered",
  "Prohibited",
  "Stale NXDOMAIN Answer",
  "Not Authoritative",
  "Not Supported",
  "No Reachable Authority",
  "Network Error",
  "Invalid Data",
}

--- The fields of each type's data, in the order of a zone file.
local fields = {
  A = { "address" },
  AAAA = { "address" },
  NS = { "host" },
  CNAME = { "target" },
  PTR = { "target" },
  MX = { "preference", "exchange" },
  SOA = { "primary", "mailbox", "serial", "refresh", "retry", "expire", "minimum" },
  TXT = { "strings" },
  SPF = { "strings" },
  DS = { "key_tag", "algorithm", "digest_type", "digest" },
  TLSA = { "usage", "selector", "matching_type", "data" },
  CAA = { "flags", "tag", "value" },
  SRV = { "priority", "weight", "port", "target" },
  DNAME = { "target" },
  RRSIG = {
    "type_covered", "algorithm", "labels", "original_ttl", "expiration", "inception", "key_tag", "signer", "signature",
  },
  DNSKEY = { "flags", "protocol", "algorithm", "key" },
}

--- The fields that are names: a zone file has a dot at their ends.
local names = { host = true, target = true, exchange = true, primary = true, mailbox = true, signer = true }

local function field_text(record, field)
  local value = record[field]
  -- A CAA record's tag is of letters and digits (RFC 8659 §4.1), or else of whatever its server makes up.
  if field == "strings" or record.type == "CAA" and (field == "value" or field == "tag" and not value:find "^%w+$") then
    return require("mailseal.record").quote(value)
  end
  return names[field] and value .. "." or tostring(value)
end

--- A record as a line of a zone file (RFC 1035 §5.1, RFC 3597 §5).
local function zone_line(record)
  local parts = { record.name .. ".", ("%d"):format(record.ttl), "IN", record.type }
  if not fields[record.type] then
    parts[#parts + 1] = ("\\# %d %s"):format(#record.data, hexadecimal(record.data))
  end
  for _, field in ipairs(fields[record.type] or {}) do
    parts[#parts + 1] = field_text(record, field)
  end
  return table.concat(parts, " ")
end

--- An extended error as its name, and what the server says besides.
local function extended_error_text(extended)
  local name = extended_errors[extended.code] or ("extended error %d"):format(extended.code)
  return extended.text ~= "" and ("%s: %s"):format(name, extended.text) or name
end

--- Each extended error once, and not too many: a message has room for thousands.
local function extended_error_texts(answer)
  local texts, told, more = {}, {}, 0
  for _, extended in ipairs(answer.extended_errors) do
    local words = extended_error_text(extended)
    if not told[words] then
      told[words] = true
      if #texts < EXTENDED_ERRORS_MAX then
        texts[#texts + 1] = words
      else
        more = more + 1
      end
    end
  end
  return table.concat(texts, "; ") .. (more > 0 and ("; and %d more"):format(more) or "")
end

--- The exit status that a status of an answer, or of what was found otherwise, stands for.
-- @tparam string word such as "nxdomain"
-- @tparam[opt] string reason why it is no other
-- @treturn number
function M.exit_status(word, reason)
  return word == "timeout" and not_silence[reason] and status.TEMPORARY or meanings[word].status
end

--- Prints a comment of a zone file.
-- @tparam string words one line
function M.comment(words)
  output.line(paint.paint("faint", "; " .. text.printable(words)))
end

--- Why an answer has no records, in words.
-- @tparam table answer see `mailseal.dns.resolver`; its status another than "ok"
-- @treturn string
function M.explain(answer)
  local words = reasons[answer.reason] or meanings[answer.status].words
  local target = answer.chain[#answer.chain]
  local tells_target = target and words:find("{name}", 1, true)
  words = words:gsub("{(%l+)}", { name = target or answer.name, type = answer.type, asked = answer.name })
  if #answer.extended_errors > 0 then
    words = ("%s (%s)"):format(words, extended_error_texts(answer))
  end
  if answer.dangling then
    return ("%s: whoever can register it speaks for %s"):format(words, answer.name)
  elseif tells_target then
    return ("%s (%s leads there)"):format(words, answer.name)
  end
  return words
end

--- Prints the CNAMEs that led to the records, or to where there are none, as lines of a zone file.
-- @tparam table answer see `mailseal.dns.resolver`
function M.tell_chain(answer)
  local alias = answer.name
  for _, target in ipairs(answer.chain) do
    output.line(text.printable(("%s. IN CNAME %s."):format(alias, target)))
    alias = target
  end
end

--- Ends the command where DNS has failed to give an answer, after printing the CNAMEs that led there.
-- @tparam table answer see `mailseal.dns.resolver`
function M.stop_on_fault(answer)
  local code = M.exit_status(answer.status, answer.reason)
  if code ~= status.OK and code ~= status.NO then
    M.tell_chain(answer)
    status.stop(code, M.explain(answer))
  end
end

--- Prints an answer's records and the CNAMEs that led to them; in place of records that it has not, why.
-- @tparam table answer see `mailseal.dns.resolver`
-- @tparam[opt] function say prints the words of why; such as `M.comment`
function M.tell(answer, say)
  M.tell_chain(answer)
  if answer.status ~= "ok" then
    return (say or M.comment)(M.explain(answer))
  end
  for _, record in ipairs(answer.records) do
    output.line(text.printable(zone_line(record)))
  end
  if answer.authentic then
    M.comment("the server says that it has validated this by DNSSEC")
  end
  if #answer.extended_errors > 0 then
    M.comment("the server says: " .. extended_error_texts(answer))
  end
end

local function record_object(record)
  local known = fields[record.type]
  if not known then
    return json.object("name", record.name, "type", record.type, "ttl", record.ttl, "data", hexadecimal(record.data))
  end
  local chosen = { "name", "type", "ttl" }
  for _, field in ipairs(known) do
    chosen[#chosen + 1] = field
  end
  return json.pick(record, chosen)
end

local function map(list, convert)
  local converted = {}
  for i, item in ipairs(list) do
    converted[i] = convert(item)
  end
  return converted
end

local function extended_error_object(extended)
  return json.object("code", extended.code, "name", extended_errors[extended.code], "text", extended.text)
end

--- An answer as JSON.
-- @tparam table answer see `mailseal.dns.resolver`
-- @treturn table what `json.encode` writes as an object
function M.object(answer)
  local shown = {}
  for field, value in pairs(answer) do
    shown[field] = value
  end
  shown.records = map(answer.records, record_object)
  shown.extended_errors = map(answer.extended_errors, extended_error_object)
  return json.pick(shown, {
    "name", "type", "status", "reason", "records", "text", "chain", "dangling", "ttl", "authentic", "signed", "authoritative",
    "zone", "extended_errors", "server", "expires_at", "recheck_at",
  })
end

--- A list of what `convert` makes of each item of another list, for JSON.
-- @tparam table list
-- @tparam function convert
-- @treturn table
M.map = map

return M
