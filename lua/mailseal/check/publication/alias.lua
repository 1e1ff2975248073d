--- Is the CNAME there, does it lead where it should, and is there anything at its end?
-- @module mailseal.check.publication.alias
local addresses = require "mailseal.check.publication.addresses"
local is_within = require "mailseal.dns.name".is_within
local missing = require "mailseal.check.publication.missing"
local presentation = require "mailseal.check.publication.presentation"

local M = {}

-- A name with its escapes resolved, as the text that somebody may have typed.
local function typed(name)
  return (name:gsub("\\(%d%d%d)", function(octet) return string.char(tonumber(octet)) end):gsub("\\(.)", "%1"))
end

-- Octets of a label that begins like a key: names that mail services make up are shorter.
local KEY_LEAST = 48

-- The beginnings of the records that mail authentication knows.
local beginnings = { "v=dkim1", "v=spf1", "v=dmarc1", "v=bimi1", "v=stsv1", "v=tlsrptv1", "k=rsa", "k=ed25519", "p=mi" }

--- The text of a record that somebody gave a CNAME for its target.
-- @tparam string target as answers spell names, in lower case therefore
-- @treturn ?string nil where it is a name like any other
function M.text_in(target)
  local text = typed(target)
  for _, beginning in ipairs(beginnings) do
    if text:find("^[\"'%s]*" .. beginning) then
      return text
    end
  end
  -- The beginning of a bare key, as far as a label goes.
  return #text:match "^[^.]*" >= KEY_LEAST and text:find "^mi[a-i]" and text or nil
end

-- Is a name where the CNAME is to lead?
local function is_right(expect, name)
  return name == expect.target or expect.form ~= nil and expect.form(name)
end

-- A target without the domain that a DNS host appended to it; nil where it does not end so.
local function cut_domain(case, target)
  for _, appended in ipairs { case:zone() or case.context.domain, case.context.domain } do
    if target ~= appended and is_within(target, appended) then
      local cut = target:sub(1, -#appended - 2)
      if cut:find(".", 1, true) then
        return cut
      end
    end
  end
end

-- Tells that the end of a CNAME is anybody's to take.
local function tell_dangling(case)
  local answer, last = case.truth, case.truth.chain[#case.truth.chain]
  if answer.dangling and not is_within(last, case.context.domain) then
    case:find("cname_dangling", { found = last })
  end
end

--- Tells why what is expected is not at the end of a CNAME.
-- @tparam table case see `mailseal.check.publication.case`; there is a CNAME
-- @treturn string how it stands with the record: "missing" or "mismatch"
function M.dead_end(case)
  local chain, target = case.truth.chain, case:target()
  local state = not is_right(case.expect, target) and missing.under_wildcard(case, "CNAME", target)
  if state then
    tell_dangling(case)
    return state
  elseif M.text_in(target) then
    case:find("record_text_in_cname", { found = M.text_in(target) })
    return "mismatch"
  end
  local cut = cut_domain(case, target)
  local there = cut and case.context:ask(cut, case.type)
  if there and there.status == "ok" then
    case:find("cname_target_doubled", { found = target, expected = cut })
    return "mismatch"
  end
  tell_dangling(case)
  if not case.expect.required then
    return "missing"
  end
  case:find("cname_target_missing", { found = chain[#chain], retry_at = case:retry_at() })
  return "missing"
end

-- Does a CNAME, or one that it leads to, lead to the target?
local function leads_to(answer, expect)
  for _, name in ipairs(answer.chain) do
    if is_right(expect, name) then
      return true
    end
  end
  return false
end

-- Tells that a CNAME leads elsewhere. Returns how it stands with the record.
local function judge_target(case, target)
  local expect = case.expect
  for _, migration in ipairs(expect.migrations) do
    if migration.from == target then
      case:find("record_migrating", { found = target, expected = migration.to or expect.target or expect.shown })
      return "migrating"
    end
  end
  local state = missing.under_wildcard(case, "CNAME", target)
  if state then
    return state
  elseif M.text_in(target) then
    case:find("record_text_in_cname", { found = M.text_in(target) })
    return "mismatch"
  end
  local cut = cut_domain(case, target)
  if cut and is_right(expect, cut) then
    case:find("cname_target_doubled", { found = target, expected = cut })
  else
    case:find("cname_wrong_target", { found = target })
  end
  return "mismatch"
end

-- ---- What stands in the place of a CNAME.

-- The data of two answers, of which one has something of the other's.
local function share_a_record(a, b, field)
  local has = {}
  for _, record in ipairs(b and b.records or {}) do
    has[record[field] or table.concat(record.strings or {})] = true
  end
  for _, record in ipairs(a.records) do
    if has[record[field] or table.concat(record.strings or {})] then
      return true
    end
  end
  return false
end

-- Tells of texts in the place of the CNAME.
local function judge_texts(case, answer)
  local expect = case.expect
  for _, text in ipairs(answer.text) do
    local host = presentation.host(text)
    if host and (is_right(expect, host) or #answer.text == 1) then
      case:find("cname_target_in_txt", { found = host })
      return "mismatch"
    end
  end
  local state = missing.under_wildcard(case, "TXT", table.concat(answer.text, ", "))
  local copied = not state and expect.target and case.context:ask(expect.target, "TXT")
  if state then
    return state
  elseif copied and case:temporary(copied) then
    return "unknown"
  elseif copied and share_a_record(answer, copied, "text") then
    case:find("cname_copied", { found = table.concat(answer.text, ", ") })
  else
    case:find("cname_replaced", { found = table.concat(answer.text, ", "), other = "TXT" })
  end
  return "mismatch"
end

-- Tells of addresses in the place of the CNAME.
local function judge_addresses(case, answer)
  local found, proxy = addresses.own(case, answer)
  if not found then
    return nil
  elseif proxy then
    case:find("cname_proxied", { where = proxy, found = found })
  elseif case.expect.target and share_a_record(answer, case.context:ask(case.expect.target, answer.type), "address") then
    case:find("cname_flattened", { found = found })
  else
    case:find("cname_replaced", { found = found, other = answer.type })
  end
  return "mismatch"
end

-- Tells what stands where a CNAME is expected. Returns how it stands with the record; nil where nothing is there.
local function judge_place(case)
  local questions = { { case.name, "TXT" }, { case.name, "A" }, { case.name, "AAAA" } }
  for _, answer in ipairs(case.context:asks(questions)) do
    if answer and answer.status == "ok" and #answer.chain == 0 then
      local state = (answer.type == "TXT" and judge_texts or judge_addresses)(case, answer)
      if state then
        return state
      end
    end
  end
end

--- Does an answer lead to the target?
-- @tparam table case
-- @tparam table answer
-- @treturn boolean
function M.fits(case, answer)
  local target = case:target(answer)
  return target ~= nil and is_right(case.expect, target) or leads_to(answer, case.expect)
end

--- Does an answer from another name lead to the target, though perhaps with the domain appended to that as well?
-- @tparam table case
-- @tparam table answer
-- @treturn boolean
function M.holds(case, answer)
  if answer.status ~= "ok" then
    return false
  end
  local target = case:target(answer)
  local cut = target and cut_domain(case, target)
  return M.fits(case, answer) or cut ~= nil and is_right(case.expect, cut)
end

--- Does the name have a CNAME, and what a CNAME must not have beside it (RFC 1034 §3.6.2)? Tells so.
-- @tparam table case
-- @treturn boolean
function M.conflict(case)
  local answer, alias = case.answer, case.alias
  if not alias or #alias.records == 0 or answer.status ~= "ok" or #answer.chain > 0 or answer.type == "CNAME" then
    return false
  end
  case:find("cname_and_other", { found = alias.records[1].target, other = answer.type })
  return true
end

--- Tells what is wrong with a CNAME that is expected, but for what is at its end.
-- @tparam table case
-- @treturn string how it stands with the record
function M.judge(case)
  local target = case:target()
  if not target then
    return judge_place(case) or missing.judge(case)
  elseif M.fits(case, case.truth) then
    return "found"
  end
  return judge_target(case, target)
end

return M
