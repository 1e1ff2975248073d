--- The report on a message, for people and as JSON.
-- @module mailseal.cli.check_message
local json = require "mailseal.json"
local objects = require "mailseal.check.objects"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local report_face = require "mailseal.cli.check_report"
local text = require "mailseal.cli.text"

local M = {}

-- Columns of "  SPF       " and of the result behind it; of "             b=   ".
local LABEL, RESULT, TAG = 10, 10, 5
-- Characters of a tag's value that are shown.
local VALUE = 60

-- ---- For people.

local function tell_row(label, result, words)
  local first = ("  %s%s"):format(label .. (" "):rep(LABEL - #label), result and paint.word(result, RESULT) or "")
  paint.line(first, 2 + LABEL + (result and RESULT or 0), words)
end

local function shortened(value)
  return #value > VALUE and value:sub(1, VALUE) .. "..." or value
end

local function tell_tags(tags)
  local indent = 2 + LABEL + RESULT
  for _, tag in ipairs(tags or {}) do
    if tag.meaning then
      local name = tag.name .. "="
      paint.line((" "):rep(indent) .. paint.paint("faint", name .. (" "):rep(TAG - #name)), indent + TAG,
        ("%s (%s)"):format(shortened(tag.value), tag.meaning), "faint")
    end
  end
end

local alignments = { strict = "aligned: the very domain of From", relaxed = "aligned with the domain of From" }

local function tell_signature(result, judged)
  local words = { result.text }
  if judged and judged.result == "pass" then
    words[#words + 1] = alignments[judged.aligned] or judged.aligned == false and "not aligned with the domain of From" or nil
  end
  if result.header_intact and result.result == "fail" then
    words[#words + 1] = "the signed header is as it was"
  end
  tell_row("DKIM", result.result, ("%s: %s"):format(result.domain or "?", table.concat(words, "; ")))
  tell_tags(result.tags)
end

local function tell_spf(report)
  local spf = report.spf
  if spf then
    local whence = report.sender_from == "return_path" and " (the sender is that of Return-Path)" or ""
    tell_row("SPF", spf.result, spf.text .. whence)
  else
    tell_row("SPF", nil, "not evaluated: it needs the address that the message came from (--ip), and the envelope sender or HELO name")
  end
end

local function tell_dmarc(dmarc)
  local policy = dmarc.policy and ("; the policy is %s"):format(dmarc.policy) or ""
  tell_row("DMARC", dmarc.result, dmarc.text .. policy)
end

local function tell_way(report)
  if report.list then
    tell_row("list", nil, ("%s, says the header (%s)"):format(report.list.id or "a mailing list", table.concat(report.list.fields, ", ")))
  end
  if report.forwarded then
    tell_row("forwarded", nil, ("says the header (%s)"):format(table.concat(report.forwarded, ", ")))
  end
  for _, set in ipairs(report.arc or {}) do
    tell_row("ARC", nil, ("%d: %s claims %s (cv=%s); not verified"):format(set.instance, set.domain or set.authserv_id or "?",
      #set.claims > 0 and table.concat(set.claims, ", ") or "nothing", set.chain_validation or "?"))
  end
end

local function tell_parts(report)
  tell_row("verdict", report.verdict.result, report.verdict.text)
  for i, result in ipairs(report.dkim) do
    tell_signature(result, report.dmarc.dkim[i])
  end
  if #report.dkim == 0 then
    tell_row("DKIM", "none", "the message has no signature")
  end
  tell_spf(report)
  tell_dmarc(report.dmarc)
  tell_way(report)
end

-- ---- JSON.

local signature_fields = {
  "result", "reason", "text", "domain", "selector", "identity", "algorithm", "canonicalization", "headers", "key_name", "key_bits",
  "timestamp", "expiration", "body_length", "octets_unsigned", "testing", "in_future", "header_intact",
}
local spf_fields = { "result", "reason", "text", "domain", "identity", "ip", "explanation", "lookups", "void_lookups" }
local dmarc_fields = { "result", "reason", "text", "domain", "policy", "disposition", "tested" }
local change_fields = { "part", "kind", "what", "octets", "where", "found", "from", "to", "fields" }

-- Fields that are lists of names are lists in the report, too; those of a part that was signed are not for a reader.
local function changes_of(result)
  local list = {}
  for i, change in ipairs(result.changes or {}) do
    local shown = {}
    for _, name in ipairs(change_fields) do
      shown[name] = change[name]
    end
    if change.kind == "wrapped" then
      shown.fields = nil
    end
    list[i] = json.pick(shown, change_fields)
  end
  return list
end

local function signatures_of(report)
  local list = {}
  for i, result in ipairs(report.dkim) do
    local judged, tags = report.dmarc.dkim[i], {}
    for place, tag in ipairs(result.tags or {}) do
      tags[place] = json.pick(tag, { "name", "value", "meaning" })
    end
    list[i] = json.add(
      json.pick(result, signature_fields),
      "aligned", judged and judged.aligned or false,
      "changes", changes_of(result),
      "tags", tags
    )
  end
  return list
end

local function arc_of(report)
  local list = {}
  for i, set in ipairs(report.arc or {}) do
    list[i] = json.pick(set, { "instance", "domain", "authserv_id", "chain_validation", "claims" })
  end
  return #list > 0 and list or nil
end

--- A report as JSON: that of a domain, and `verdict`, `dkim`, `spf`, `dmarc`, `sender`, `sender_from`, `list`, `forwarded`, `arc`,
-- `normalized`, `skipped`.
-- @tparam table report as `check.message` returns it
-- @treturn table what `json.encode` writes as an object
function M.object(report)
  return json.add(
    objects.report(report),
    "verdict", json.pick(report.verdict, { "result", "text" }),
    "dkim", signatures_of(report),
    "spf", report.spf and json.pick(report.spf, spf_fields),
    "dmarc", json.pick(report.dmarc, dmarc_fields),
    "sender", report.sender,
    "sender_from", report.sender_from,
    "list", report.list and json.pick(report.list, { "id", "fields" }),
    "forwarded", report.forwarded,
    "arc", arc_of(report),
    "normalized", report.normalized,
    "skipped", report.skipped
  )
end

--- Prints a report.
-- @tparam table report as `check.message` returns it
-- @tparam ?boolean as_json
function M.tell(report, as_json)
  if as_json then
    output.line(json.encode(M.object(report)))
    return
  end
  report_face.tell(report, function()
    tell_parts(report)
  end)
  if report.skipped then
    output.line(text.printable(("  %d octets in front of the header, which are none of it (empty lines, a byte order mark), were left out.")
      :format(report.skipped)))
  end
  if report.normalized then
    output.line(text.printable "  The message was read as one whose lines end in CRLF: its first line ends in LF alone.")
  end
end

return M
