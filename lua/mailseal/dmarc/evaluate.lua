--- The DMARC verdict on a message (RFC 9989 §5.3); `mailseal.dmarc` is the face.
-- @module mailseal.dmarc.evaluate
local alignment = require "mailseal.dmarc.alignment"
local discovery = require "mailseal.dmarc.discovery"
local printable = require "mailseal.printable"
local walk = require "mailseal.dmarc.walk"

local M = {}

-- The results that say, or may say when DNS answers again, that somebody authenticated himself.
local worth_asking = { pass = true, temperror = true }

-- What DKIM and SPF found, each with its domain in a form to compare.
local function identifiers_of(facts)
  local list = {}
  for i, result in ipairs(facts.dkim or {}) do
    list[i] = {
      method = "dkim", result = result.result, domain = alignment.canonical(result.domain), selector = result.selector,
      shown = result.domain, retry_at = result.retry_at,
    }
  end
  local spf = facts.spf
  if spf then
    list[#list + 1] = {
      method = "spf", result = spf.result, domain = alignment.canonical(spf.domain), identity = spf.identity, shown = spf.domain,
      retry_at = spf.retry_at,
    }
  end
  return list
end

-- The domains to be walked from: the authors', and those of identifiers that can be aligned with one of them.
local function starts_of(authors, identifiers)
  local starts = {}
  for i, author in ipairs(authors) do
    starts[i] = author
  end
  for _, identifier in ipairs(identifiers) do
    local needed = false
    for _, author in ipairs(authors) do
      needed = needed or identifier.domain and worth_asking[identifier.result] and alignment.needs_walk(author, identifier.domain)
    end
    if needed then
      starts[#starts + 1] = identifier.domain
    end
  end
  return starts
end

-- How an identifier stands to the author's domain, beside its own result.
local function judge(identifier, author, found, steps)
  local judged = {
    domain = identifier.shown, result = identifier.result, selector = identifier.selector, identity = identifier.identity,
    retry_at = identifier.retry_at, method = identifier.method,
  }
  local strict = found.parsed and found.parsed[identifier.method .. "_alignment"] == "strict"
  judged.aligned = false
  if identifier.domain and worth_asking[identifier.result] then
    local retry_at
    judged.aligned, retry_at = alignment.of(author, identifier.domain, steps, strict)
    judged.retry_at = retry_at and math.max(retry_at, identifier.retry_at or retry_at) or identifier.retry_at
  elseif identifier.domain then
    judged.aligned = author == identifier.domain and "strict" or false
  end
  return judged
end

-- ---- From what was found to the verdict, for one author

local function pass(verdict, judged)
  verdict.result, verdict.disposition = "pass", "none"
  verdict.text = ("%s passes for %s, which is %s %s"):format(
    judged.method:upper(), judged.domain, judged.aligned == "strict" and "the author's domain" or "aligned with", verdict.domain)
end

-- The first of them for which the test holds.
local function first(list, holds)
  for _, judged in ipairs(list) do
    if holds(judged) then
      return judged
    end
  end
end

local function passes(judged) return judged.result == "pass" and judged.domain ~= nil end
local function passes_aligned(judged) return judged.result == "pass" and judged.aligned end

-- DNS may yet make a pass of it: its own result is open, or how it is aligned.
local function is_open(judged)
  return judged.result == "temperror" and judged.aligned ~= false or judged.result == "pass" and judged.aligned == nil
end

local function fail(verdict, list)
  verdict.result, verdict.disposition = "fail", verdict.policy
  local passing = first(list, passes)
  if passing then
    verdict.reason = "not_aligned"
    verdict.text = ("%s passes for %s only, which is not aligned with %s"):format(
      passing.method:upper(), printable.line(tostring(passing.domain)), verdict.domain)
  else
    verdict.reason, verdict.text = "not_authenticated", ("neither DKIM nor SPF passes for %s"):format(verdict.domain)
  end
end

local why_none = {
  no_record = "no DMARC record applies to %s",
  no_policy = "the DMARC record that applies to %s has no valid policy and no address for reports",
  several_records = "there are several DMARC records for %s, which void each other",
  dmarc_syntax = "the DMARC record for %s is invalid",
}

local function undecided(verdict, result, reason, text)
  verdict.result, verdict.reason, verdict.text, verdict.disposition = result, reason, text, "none"
  return verdict
end

local function latest(verdict, judged)
  for _, one in ipairs(judged) do
    if is_open(one) and one.retry_at and (not verdict.retry_at or one.retry_at > verdict.retry_at) then
      verdict.retry_at = one.retry_at
    end
  end
end

-- The outline of a verdict, with what stands in Authentication-Results (§9.1).
local function outline(author, found)
  return {
    method = "dmarc", domain = author, discovery = found, dkim = {},
    policy = found.policy, requested = found.requested, tested = found.tested,
    properties = { ["header.from"] = author, ["policy.dmarc"] = found.policy },
  }
end

local function of_author(author, identifiers, steps, resolver)
  local found = discovery.read(author, steps, resolver)
  local verdict = outline(author, found)
  local judged = {}
  for i, identifier in ipairs(identifiers) do
    judged[i] = judge(identifier, author, found, steps)
    if identifier.method == "dkim" then
      verdict.dkim[i] = judged[i]
    else
      verdict.spf = judged[i]
    end
  end
  if found.result == "temperror" then
    verdict.retry_at = found.retry_at
    return undecided(verdict, "temperror", "dns", ("DNS does not say, for now, whether DMARC applies to %s"):format(author))
  elseif found.result == "none" then
    return undecided(verdict, "none", found.reason, why_none[found.reason]:format(author))
  end
  local aligned = first(judged, passes_aligned)
  if aligned then
    pass(verdict, aligned)
  elseif first(judged, is_open) then
    latest(verdict, judged)
    undecided(verdict, "temperror", "dns", ("DNS does not say, for now, whether DKIM or SPF passes for %s"):format(author))
  else
    fail(verdict, judged)
  end
  return verdict
end

-- ---- Several authors (§5.3.1, §11.5)

local strength = { none = 0, quarantine = 1, reject = 2 }
local gravity = { none = 0, pass = 1, temperror = 2, fail = 3 }

-- Does the verdict weigh more than the other: a failure more than all else, and of two failures the one with the stricter policy?
local function outweighs(verdict, other)
  if gravity[verdict.result] ~= gravity[other.result] then
    return gravity[verdict.result] > gravity[other.result]
  end
  return verdict.result == "fail" and strength[verdict.policy] > strength[other.policy]
end

-- The gravest of the authors' verdicts, which never is a pass: which author a reader sees, nobody knows.
local function of_several(verdicts, incomplete)
  local gravest = verdicts[1]
  for _, verdict in ipairs(verdicts) do
    if outweighs(verdict, gravest) then
      gravest = verdict
    end
  end
  local whole = {}
  for field, value in pairs(gravest) do
    whole[field] = value
  end
  whole.authors, whole.incomplete = verdicts, incomplete
  if whole.result == "pass" or incomplete and whole.result == "none" then
    whole.policy, whole.requested, whole.tested, whole.properties = nil, nil, nil, {}
    undecided(whole, "permerror", "several_authors", "the message names authors of several domains, so that DMARC cannot pass")
  end
  return whole
end

--- The most author domains of a message that are evaluated.
M.AUTHORS_MAX = 4

--- Evaluates the authors' domains.
-- @tparam {string,...} authors in lower-case A-labels, one at least
-- @tparam table facts `dkim`, `spf` and `resolver`, as of `mailseal.dmarc.evaluate`
-- @tparam ?boolean incomplete there were further authors
-- @treturn ?table see `mailseal.dmarc.evaluate`
-- @treturn ?string what is wrong
-- @treturn ?string `wrong_phase`
function M.authors(authors, facts, incomplete)
  local evaluated = {}
  for i = 1, math.min(#authors, M.AUTHORS_MAX) do
    evaluated[i] = authors[i]
  end
  local identifiers = identifiers_of(facts)
  local steps, message, code = walk.ask(starts_of(evaluated, identifiers), facts.resolver)
  if not steps then
    return nil, message, code
  end
  local verdicts = {}
  for i, author in ipairs(evaluated) do
    verdicts[i] = of_author(author, identifiers, steps, facts.resolver)
  end
  if #authors == 1 and not incomplete then
    return verdicts[1]
  end
  return of_several(verdicts, incomplete or #authors > #evaluated)
end

--- The verdict on a message that names no author whom one could ask for.
-- @tparam string text why
-- @tparam string code
-- @treturn table
function M.unauthored(text, code)
  return undecided({ method = "dmarc", dkim = {}, properties = {} }, "permerror", code, text)
end

return M
