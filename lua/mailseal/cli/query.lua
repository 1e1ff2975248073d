--- `mailseal query`: asks DNS.
-- @module mailseal.cli.query
local json = require "mailseal.cli.json"
local output = require "mailseal.cli.output"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

--- What each status of an answer means: the exit status, and the words for people.
local meanings = {
  ok = { status = status.OK },
  nodata = { status = status.NO, words = "%s exists and has no record of type %s" },
  nxdomain = { status = status.NO, words = "%s does not exist" },
  timeout = { status = status.UNAVAILABLE, words = "no DNS server has answered for %s %s" },
  servfail = { status = status.TEMPORARY, words = "the DNS servers could not answer for %s %s" },
  refused = { status = status.TEMPORARY, words = "the DNS servers refused to answer for %s %s" },
  bogus = { status = status.TEMPORARY, words = "the answer for %s %s does not validate under DNSSEC" },
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

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Ask DNS.")
  command:description("Asks DNS for the records of a name.")
  command:argument("name", "The name to ask for.")
  command:argument("type", "The type of record (TXT unless told)."):args("?")
  resolver.describe(command)
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

local function hexadecimal(octets)
  return (octets:gsub(".", function(octet)
    return ("%02x"):format(octet:byte())
  end))
end

local function field_text(record, field)
  local value = record[field]
  if field == "strings" or record.type == "CAA" and field == "value" then
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

local function record_object(record)
  local known = fields[record.type]
  local chosen = { "name", "type", "ttl" }
  for _, field in ipairs(known or { "data" }) do
    chosen[#chosen + 1] = field
  end
  if not known then
    record.data = hexadecimal(record.data)
  end
  return json.pick(record, chosen)
end

local function tell_json(answer)
  local records = {}
  for i, record in ipairs(answer.records) do
    records[i] = record_object(record)
  end
  answer.records = records
  output.line(
    json.encode(
      json.pick(answer, { "name", "type", "status", "reason", "records", "text", "chain", "ttl", "authentic", "server" })
    )
  )
end

--- The words for an answer without records.
local function explain(answer)
  local words = meanings[answer.status].words:format(answer.name, answer.type)
  return answer.reason and answer.reason ~= answer.status and words .. " (" .. answer.reason .. ")" or words
end

--- The CNAMEs that led to the records, as lines of a zone file.
local function tell_chain(answer)
  local alias = answer.name
  for _, target in ipairs(answer.chain) do
    output.line(text.printable(("%s. IN CNAME %s."):format(alias, target)))
    alias = target
  end
end

local function tell(answer)
  if answer.status == "ok" then
    tell_chain(answer)
    for _, record in ipairs(answer.records) do
      output.line(text.printable(zone_line(record)))
    end
  elseif meanings[answer.status].status == status.NO then
    output.line(text.printable(explain(answer)))
  else
    status.stop(meanings[answer.status].status, explain(answer))
  end
end

--- The name as DNS knows it: in A-labels.
local function to_ascii(name)
  if not name:find("[\128-\255]") then
    return name
  end
  local ascii, cause = require("mailseal.domain").to_ascii(name)
  if not ascii then
    status.stop(status.USAGE, ("'%s' is no domain name: %s"):format(name, cause))
  end
  return ascii
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local answer, cause = resolver.open(given):query(to_ascii(given.name), (given.type or "TXT"):upper())
  if not answer then
    status.stop(status.USAGE, cause)
  end
  local result = meanings[answer.status].status
  local show = given.json and tell_json or tell
  show(answer)
  return result
end

return M
