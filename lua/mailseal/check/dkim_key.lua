--- Is what stands at a selector a key, one, and the right one (RFC 6376 §3.6)?
-- @module mailseal.check.dkim_key
local is_within = require "mailseal.dns.name".is_within
local missing = require "mailseal.check.publication.missing"
local presentation = require "mailseal.check.publication.presentation"
local record = require "mailseal.record"
local same_key = require "mailseal.record.dkim".same_key

local M = {}

local unpack = table.unpack or unpack -- luacheck: ignore

-- So many records are tried as pieces of one key: each order of them.
local PIECES_MAX = 4

local function has(findings, code)
  for _, finding in ipairs(findings) do
    if finding.code == code then
      return true
    end
  end
  return false
end

-- What each TXT record of an answer is.
local function readings_of(answer)
  local list = {}
  for i, found in ipairs(answer.records) do
    local findings, parsed = record.lint("dkim", found.strings)
    list[i] = { text = answer.text[i], findings = findings, parsed = parsed, is_key = not has(findings, "dkim_not_a_key") }
  end
  return list
end

-- A piece as it was before somebody put quotes around it.
local function bare(text)
  return (text:gsub('^%s*"', ""):gsub('"%s*$', ""))
end

local function swap(readings, a, b)
  local texts = readings.texts
  readings[a], readings[b], texts[a], texts[b] = readings[b], readings[a], texts[b], texts[a]
end

-- The pieces that are a key when joined, the first `at` of them as they stand and others behind them in any order: how many; nil where
-- they are none. The pieces are put into that order.
local function joined(readings, at)
  if at > 1 and record.parse("dkim", table.concat(readings.texts, "", 1, at)) then
    return at
  end
  local place = at + 1
  for i = place, #readings do
    swap(readings, place, i)
    local count = joined(readings, place)
    if count then
      return count
    end
    swap(readings, place, i)
  end
end

-- Are several records the pieces of one key, none of them a key that could be used? Returns the pieces in order, and what stands
-- beside them.
local function split(readings)
  local list = { texts = {} }
  for i, reading in ipairs(readings) do
    if reading.parsed or i > PIECES_MAX then
      return nil
    end
    list[i], list.texts[i] = reading, bare(reading.text)
  end
  local count = joined(list, 0)
  return count and { unpack(list, 1, count) }, count and { unpack(list, count + 1) }
end

-- A key in a few words: how it ends, for all of a size begin alike.
local function short(parsed)
  return ("%s, %d bits, ending in %s"):format(parsed.type, parsed.bits, parsed.key:sub(-12))
end

-- Is what a record says the key that is expected, where one is?
local function is_expected(expect, parsed)
  return not expect.key or same_key(parsed, expect.key)
end

-- Is a text the expected one, but that letters which the key is written with are in another case?
local function is_recased(expect, reading)
  return expect.key and not reading.parsed and reading.text ~= expect.record and reading.text:lower() == expect.record:lower()
end

-- Is the record a mail service's own, behind a CNAME? Advice about how it is written is not for the customer.
local function is_elsewhere(case)
  local target = case:target()
  return target ~= nil and not is_within(target, case.context.domain)
end

-- Tells what is wrong with the one record that counts. Returns how it stands with it.
local function judge_one(case, reading)
  if is_recased(case.expect, reading) then
    case:find("record_altered", { found = reading.text })
    return "mismatch"
  end
  local expect, parsed = case.expect, reading.parsed
  local told, failed, elsewhere = {}, false, is_elsewhere(case)
  for _, finding in ipairs(reading.findings) do
    if (expect.required or finding.code ~= "dkim_revoked") and not (elsewhere and finding.severity == "advice") then
      told[#told + 1] = finding
      failed = failed or finding.severity == "error"
    end
  end
  case:lint(told)
  if failed or not parsed then
    return "mismatch"
  elseif is_expected(expect, parsed) then
    return "found"
  end
  for _, migration in ipairs(expect.migrations) do
    if type(migration.from) == "table" and same_key(migration.from, parsed) then
      case:find("record_migrating", { found = reading.text, expected = migration.to or case.expect.record })
      return "migrating"
    end
  end
  case:find("dkim_wrong_key", {
    found = reading.text, found_key = short(parsed), expected_key = short(expect.key),
  })
  return "mismatch"
end

-- The keys among the readings, and the other texts.
local function sort_out(readings)
  local keys, others = {}, {}
  for _, reading in ipairs(readings) do
    local list = reading.is_key and keys or others
    list[#list + 1] = reading
  end
  return keys, others
end

-- Tells of a text that is neither the key nor a part of it.
local function tell_leftover(case, others)
  if others[1] then
    case:find("dkim_leftover_text", { found = others[1].text })
  end
end

-- Several keys, of which one is expected.
local function judge_keys(case, keys)
  local right, other
  for _, reading in ipairs(keys) do
    if case.expect.key and reading.parsed and is_expected(case.expect, reading.parsed) then
      right = reading
    else
      other = reading
    end
  end
  if right and other and #keys == 2 then
    case:find("dkim_leftover_key", { found = other.text })
  else
    case:find("dkim_two_keys", { count = #keys, found = keys[#keys].text })
  end
  return "conflicting", right or keys[1]
end

-- Texts that are no key: of a wildcard, the name of a host, or anything.
local function judge_none(case, readings)
  local state = missing.under_wildcard(case, case.type, readings[1].text)
  if state then
    return state, readings[1]
  end
  local host = presentation.host(readings[1].text)
  if host then
    case:find("cname_target_in_txt", { found = host })
    return "mismatch", readings[1]
  end
  case:lint(readings[1].findings)
  return "mismatch", readings[1]
end

--- Is an answer what is expected: one key that can be used, and the right one where that is known?
-- @tparam table expect see `mailseal.check.expect`
-- @tparam table answer
-- @treturn boolean
function M.fits(expect, answer)
  if answer.status ~= "ok" then
    return false
  end
  local keys = sort_out(readings_of(answer))
  local parsed = #keys == 1 and keys[1].parsed
  return parsed and is_expected(expect, parsed) or false
end

--- Does an answer hold the key, though perhaps not as it should?
-- @tparam table expect
-- @tparam table answer
-- @tparam boolean strict the very key that is expected, and no other
-- @treturn boolean
function M.holds(expect, answer, strict)
  for _, reading in ipairs(answer.status == "ok" and readings_of(answer) or {}) do
    local parsed = reading.parsed
    if parsed and expect.key and is_expected(expect, parsed) then
      return true
    elseif not strict and reading.is_key and not (parsed and expect.key) then
      return true
    end
  end
  return false
end

--- Tells what is wrong with the texts at a selector.
-- @tparam table case see `mailseal.check.publication.case`
-- @tparam table answer that has some
-- @treturn string how it stands with the record: "found", "mismatch", "migrating", "conflicting" or "missing"
-- @treturn table the reading of the record that counts: `text`, `parsed`
function M.judge(case, answer)
  local readings = readings_of(answer)
  local keys, others = sort_out(readings)
  local pieces, rest = split(readings)
  if pieces then
    case:find("dkim_key_split", { count = #pieces, found = pieces[1].text })
    tell_leftover(case, rest)
    return "conflicting", pieces[1]
  elseif #keys == 0 then
    return judge_none(case, readings)
  elseif #keys > 1 then
    return judge_keys(case, keys)
  end
  tell_leftover(case, others)
  local reading = keys[1]
  local is_other = reading.parsed and not is_expected(case.expect, reading.parsed)
  local state = is_other and missing.under_wildcard(case, case.type, reading.text)
  return state or judge_one(case, reading), reading
end

return M
