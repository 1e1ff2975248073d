--- check_host(): what a domain's SPF record says of a client (RFC 7208 §4, §6).
--
-- One evaluation is a table `self`: `facts` (`mailseal.spf.facts`), `questions` (`mailseal.spf.questions`), `address_type` ("A" or
-- "AAAA", the client's), and what it writes: `lookups`, `void_lookups`, `trace` (`mailseal.spf`). Names are as `mailseal.dns` spells them.
--
-- A verdict is a table: `result`, `reason` (`mailseal.spf`), `domain` whose record decided, `term` that did, `exp` (the domain-spec
-- of that record's explanation), `answer` (of a temporary fault), `message` (of wrong syntax). It is made where something is decided,
-- and passed up through includes and redirects.
-- @module mailseal.spf.evaluate
local facts_of = require "mailseal.spf.facts"
local mechanisms = require "mailseal.spf.mechanisms"
local pointers = require "mailseal.spf.pointers"
local records = require "mailseal.spf.record"

local permanent = mechanisms.permanent

local M = {}

local results = { ["+"] = "pass", ["-"] = "fail", ["~"] = "softfail", ["?"] = "neutral" }

local function new_entry(self, name, depth, term)
  local entry = { domain = name, depth = depth, term = term and term.text }
  self.trace[#self.trace + 1] = entry
  return entry
end

-- ---- terms

-- Follows a redirect (§6.1): a verdict; nil where it cannot be followed because of the sender's local part (RFC 8616 §4).
local function follow(self, term, entry, name)
  local verdict = mechanisms.count(self, entry)
  if verdict then
    return verdict
  end
  local found
  found, verdict = mechanisms.target(self, entry, term.value, name)
  if not found then
    return verdict or entry.why == "bad_domain" and permanent("redirect_bad_domain", entry) or nil
  end
  verdict = M.check_host(self, found, entry.depth + 1)
  entry.result = verdict.result
  return verdict.result == "none" and permanent("redirect_" .. verdict.reason, entry) or verdict
end

local function evaluate_redirect(self, term, entry, name)
  local verdict = follow(self, term, entry, name)
  entry.outcome = verdict and (entry.result and entry.result ~= "none" and "redirect" or verdict.result) or "ignored"
  return verdict
end

-- A verdict where the mechanism matches, or ends the evaluation.
local function evaluate_mechanism(self, term, entry, name, exp)
  local matches, verdict = mechanisms.evaluate(self, term, entry, name)
  if matches then
    entry.outcome = "match"
    return { result = results[term.qualifier], domain = name, term = term.text, exp = exp }
  end
  entry.outcome = verdict and verdict.result or matches == false and "no match" or "ignored"
  return verdict
end

-- ---- records

-- Goes through a record's terms (§4.6).
local function evaluate_record(self, record, name, depth)
  for _, term in ipairs(record.terms) do
    local entry = new_entry(self, name, depth, term)
    local evaluate = term.kind == "modifier" and evaluate_redirect or evaluate_mechanism
    local verdict = evaluate(self, term, entry, name, record.parsed.exp)
    if verdict then
      return verdict
    end
  end
  return { result = "neutral", reason = "no_match", domain = name } -- §4.7
end

-- What is wrong with a record's syntax.
local function refuse(entry, record)
  local verdict = permanent("syntax", entry)
  verdict.message, verdict.term = record.message, record.piece ~= "" and record.piece or nil
  return verdict
end

-- What the record in an answer says (§4.4, §4.5).
local function judge(self, answer, entry)
  local text, why = records.find(answer)
  if why == "temporary" then
    return mechanisms.temporary(answer, entry)
  elseif why == "two_records" then
    return permanent(why, entry)
  elseif not text then
    return { result = "none", reason = why, domain = entry.domain }
  end
  entry.record = text
  local record = records.read(text)
  if not record.parsed then
    return refuse(entry, record)
  end
  return evaluate_record(self, record, entry.domain, entry.depth)
end

--- check_host() (§4): evaluates a domain's record.
-- @tparam table self
-- @tparam string name one that can be asked for; its case is kept for %{d}
-- @tparam number depth how many includes and redirects led here
-- @treturn table a verdict
function M.check_host(self, name, depth)
  local entry = new_entry(self, name, depth)
  local verdict
  if name:find(".", 1, true) then
    verdict = judge(self, self.questions:ask(name:lower(), "TXT"), entry)
  else
    verdict = { result = "none", reason = "bad_domain", domain = name }
  end
  entry.outcome = verdict.result
  return verdict
end

-- ---- the explanation

local LONGEST = 1000 -- octets

-- Fit for SMTP: in ASCII (§6.2), without control characters.
local function presentable(text)
  if not text or text:find("[\128-\255]") then
    return nil
  end
  return (text:sub(1, LONGEST):gsub("%c", "?"))
end

--- The explanation that goes with a fail (§6.2).
-- @tparam table self
-- @tparam table verdict
-- @treturn ?string nil where the domain gives none that can be used
function M.explanation(self, verdict)
  if not verdict.exp then
    return nil
  end
  local function validated()
    return (pointers.name(self, verdict.domain))
  end
  local name = facts_of.target(self.facts, verdict.exp, verdict.domain, validated)
  local answer = name and self.questions:ask(name, "TXT")
  if not answer or answer.status ~= "ok" or #answer.text ~= 1 then
    return nil
  end
  return presentable((facts_of.expand(self.facts, answer.text[1], verdict.domain, validated, true)))
end

return M
