--- SPF: may this address send mail for this domain (RFC 7208, RFC 8616)?
--
--     local spf = require "mailseal.spf"
--     local result = assert(spf.check { ip = "192.0.2.1", sender = "a@example.com", helo = "mail.example.com", resolver = resolver })
--     print(result.result, result.text)
--     for _, step in ipairs(result.trace) do print(("  "):rep(step.depth), step.term or step.domain, step.outcome) end
--
--     local tree = assert(spf.tree("example.com", { resolver = resolver }))
--     print(tree.total, "of 10 look-ups")
--
-- @module mailseal.spf
local evaluate = require "mailseal.spf.evaluate"
local facts_of = require "mailseal.spf.facts"
local prefetch = require "mailseal.spf.prefetch"
local questions = require "mailseal.spf.questions"
local tree = require "mailseal.spf.tree"
local words = require "mailseal.spf.words"

local M = {}

-- Seconds for all that one check asks; at least 20 (§4.6.4).
local SECONDS = 20

-- What each option must be, and which there must be.
local check_options = {
  ip = "string", sender = "string", helo = "string", identity = "string", resolver = "table", receiver = "string", now = "number",
  prefetch = "boolean", deadline = "number",
}
local tree_options = {
  resolver = "table", ip = "string", sender = "string", helo = "string", receiver = "string", now = "number", deadline = "number",
  hosts = "boolean",
}

-- Wrong options are the programmer's mistake, and raise where the caller stands.
local function check(where, options, known, needed)
  if type(options) ~= "table" then
    error(("%s wants a table of options, not a %s"):format(where, type(options)), 3)
  end
  for name, value in pairs(options) do
    if not known[name] then
      error(("%s has no option '%s'"):format(where, tostring(name)), 3)
    elseif type(value) ~= known[name] then
      error(("%s: option '%s' is to be a %s, not a %s"):format(where, name, known[name], type(value)), 3)
    end
  end
  for _, name in ipairs(needed) do
    if options[name] == nil then
      error(("%s wants an option '%s'"):format(where, name), 3)
    end
  end
  if options.deadline and not (options.deadline >= 0 and options.deadline < math.huge) then
    error(where .. ": option 'deadline' is to be a finite number of seconds, from 0 on", 3)
  elseif options.identity and options.identity ~= "helo" and options.identity ~= "mailfrom" then
    error(where .. ": option 'identity' is to be \"mailfrom\" or \"helo\"", 3)
  end
end

local function result_of(self, verdict)
  local facts, answer = self.facts, verdict.answer
  return {
    method = "spf", result = verdict.result, reason = verdict.reason, text = words.sentence(verdict, facts),
    explanation = verdict.result == "fail" and (evaluate.explanation(self, verdict) or "") or nil,
    domain = facts.sender_domain, identity = facts.identity, sender = facts.sender, ip = facts.ip, helo = facts.helo,
    lookups = self.lookups, void_lookups = self.void_lookups,
    matched = verdict.term, matched_in = verdict.term and verdict.domain or nil,
    trace = self.trace, retry_at = answer and answer.recheck_at,
    properties = facts.identity == "helo" and { ["smtp.helo"] = facts.helo } or { ["smtp.mailfrom"] = facts.sender_domain },
  }
end

-- Evaluates the record of the domain that the mail claims to come from (§4.3).
local function evaluate_for(self, ahead)
  local name = self.facts.sender_domain
  if not facts_of.is_domain(name) then
    return { result = "none", reason = "bad_domain", domain = name }
  end
  if ahead then
    prefetch.run(self, name:lower())
  end
  return evaluate.check_host(self, name, 0)
end

--- check_host(): evaluates what a domain says of an address (RFC 7208 §4).
--
-- What is found is a table, which `mailseal.authres` can write:
--
-- - `result`: `pass`, `fail`, `softfail`, `neutral`, `none`, `permerror` or `temperror` (§2.6).
-- - `reason`: why, where no term of the record decided: of neutral `no_match`; of none `no_record`, `no_domain` (it does not exist),
--   `bad_domain`; of permerror `two_records`, `syntax`, `too_many_lookups`, `too_many_void_lookups`, `too_many_mx`, `include_no_record`,
--   `include_no_domain`, `include_bad_domain`, and the same of `redirect`; of temperror as of an answer of `mailseal.dns.resolver`.
-- - `text`: the same in a sentence. It holds octets out of DNS.
-- - `explanation`: of a fail, what the domain says to the sender (§6.2), in ASCII without control characters; empty where it says nothing.
-- - `domain`, `identity` (`mailfrom` or `helo`), `sender`, `ip`, `helo`: what was checked, in A-labels; an IPv4 address in IPv6's
--   clothes as IPv4.
-- - `matched`: the term that decided, as written; `matched_in`: whose record it stands in.
-- - `lookups`: how many terms queried, of which there may be 10; `void_lookups`: how many of these found nothing, of which there may be 2.
-- - `trace`: a list of steps, each with `domain`, `depth` (how many includes and redirects led there) and `outcome`. Where a record was
--   looked for, it has `record` (its text, where there is one), and the outcome is the record's result. Where a term was evaluated, it
--   has `term`, and the outcome is `match`, `no match`, `ignored` (what it names cannot be asked for), `redirect`, `permerror` or
--   `temperror`; `lookup` (the how manieth that queries), `void` (it found nothing), `target` (the name its macros made), and of an
--   include and a redirect `result` (that of the record there).
-- - `retry_at`: of a temperror, the time before which asking again is of little use, in seconds since 1970, UTC.
-- - `method`, `properties`: for `mailseal.authres`.
-- @tparam table options
-- @tparam string options.ip the client's address
-- @tparam[opt] string options.sender the MAIL FROM address, with angle brackets or not; where it is empty, the postmaster of the HELO
--   name is checked (§2.4)
-- @tparam[opt] string options.helo the name that the client gave itself
-- @tparam[opt="mailfrom"] string options.identity "helo" to check the HELO name though there is a sender (§2.3)
-- @tparam table options.resolver see `mailseal.dns`
-- @tparam[opt="unknown"] string options.receiver the name of this host, which explanations may use
-- @tparam[opt] number options.now seconds since 1970, UTC, which explanations may use
-- @tparam[opt=false] boolean options.prefetch ask for what the records lead to a level at once: fewer round trips, more questions
-- @tparam[opt=20] number options.deadline seconds for all questions; what is not answered by then makes a temperror
-- @treturn ?table what was found
-- @treturn ?string what is wrong
-- @treturn ?string `bad_address`; or why the resolver could not be asked where we are, see `mailseal.dns.resolver`
-- @raise where an option is none, or not of its kind, or there is none of `ip` and `resolver`
function M.check(options)
  check("spf.check", options, check_options, { "ip", "resolver" })
  local facts, message, code = facts_of.new(options)
  if not facts then
    return nil, message, code
  end
  local self = {
    facts = facts, questions = questions.new(options.resolver, options.deadline or SECONDS),
    address_type = #facts.octets == 4 and "A" or "AAAA", check_host = evaluate.check_host,
    lookups = 0, void_lookups = 0, trace = {},
  }
  local result = result_of(self, evaluate_for(self, options.prefetch))
  if self.questions.problem then
    return nil, self.questions.problem[1], self.questions.problem[2]
  end
  return result
end

--- The tree of a domain's includes and redirects, and how many look-ups each costs, also past the ten that receivers make.
--
-- A node is a table:
--
-- - `domain`, and `term` that led there, as written (nil of the root); `depth`, from 0.
-- - `answer`, what DNS said when it was asked for the record, and its `status`; nil where it was not asked.
-- - `record` (text), `parsed` (as of `mailseal.record.spf`), `findings` (as of its lint; empty where there is no record);
--   these two may be shared with other trees, and are only to be read.
-- - `problem`: what keeps receivers from using it: `no_domain`, `no_record`, `two_records`, `syntax` (the findings say more),
--   `bad_domain`, `temporary` (DNS gave no answer); `cycle` (it is one of those above it); `macro` (the name depends on the client or
--   on the sender, which were not given). Nil where there is none.
-- - `children`: the nodes below it, in the order of its terms.
-- - `terms`: those of its terms that query, in their order, without what stands behind `all` or is a redirect beside it; each with
--   `term` (as written), `name` ("include", "mx", …), `cost` (how many look-ups it comes to, with all below), `child` (the node it
--   leads to); of an `a`, `mx` or `exists` whose name is known, `target` (that name) and `answers`; and `void`, true where it finds
--   nothing.
-- - `lookups`: how many these are; `total`: what they cost. Receivers give up at more than 10, unless a term matches before.
-- - `voids`: how many of its terms, and of those below, find nothing; of an `a`, neither IPv4 nor IPv6 addresses. Receivers give up at
--   more than 2.
-- - `capped`: of the root, true where there is more than is looked at (200 nodes, 20 deep, 1000 terms, 100000 octets of
--   records), so that its counts are too small.
-- - `parent`: the node above.
-- @tparam string domain
-- @tparam table options
-- @tparam table options.resolver see `mailseal.dns`
-- @tparam[opt] string options.ip with `sender` and `helo`, so that names with macros are known; see @{check}
-- @tparam[opt] string options.sender
-- @tparam[opt] string options.helo
-- @tparam[opt=true] boolean options.hosts ask for what `a`, `mx` and `exists` name, too: without, nothing is known of their voids
-- @tparam[opt=20] number options.deadline seconds for all questions
-- @treturn ?table the root
-- @treturn ?string what is wrong
-- @treturn ?string as of @{check}
-- @raise where the domain is no string, an option is none, or not of its kind, or there is no resolver
function M.tree(domain, options)
  if type(domain) ~= "string" then
    error("spf.tree wants a domain, not a " .. type(domain), 2)
  end
  check("spf.tree", options, tree_options, { "resolver" })
  return tree.build(domain, options)
end

return M
