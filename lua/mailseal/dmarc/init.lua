--- DMARC (RFC 9989): which policy applies to a domain, whether a message passes it, and where reports may go.
--
--     local dmarc = require "mailseal.dmarc"
--     local found = dmarc.discover("sub.example.com", { resolver = resolver })
--     print(found.result, found.policy, found.record_domain)                        -- "found", "reject", "example.com"
--     local verdict = dmarc.evaluate { message = message, dkim = dkim.verify(message, { resolver = resolver }),
--                                      spf = spf.check { … }, resolver = resolver }
--     print(verdict.result, verdict.disposition, verdict.text)
--
-- The organizational domain is found by the tree walk (§4.10), not by a list of public suffixes. Domains are given as A- or
-- U-labels, and told as lower-case A-labels. Nothing here waits but the resolver.
--
-- **Where readers of the standard differ**, its text is followed:
--
-- - Several DMARC records at one name are all discarded, and the walk goes on to the parent as if there were none (§4.10, step 2).
--   Other programs, and a case of the test suite that this one is held to (`multiple-records`), let no policy apply then.
-- - A record with neither a valid policy nor an address in rua= is the one that applies, and so nothing does: the walk does not
--   go on (§4.10.1). Its psd= is heeded.
-- - A tag that is malformed is passed over alone (§4.8); one that occurs twice makes the list invalid (RFC 6376 §3.2), and
--   such a record is as if it were not there.
-- - A record between the author's domain and its organizational domain does not apply (§4.10.1), though it is nearer.
-- - "Does not exist" is NXDOMAIN for the domain itself and nothing else (§3.2.13, §A.4).
-- - Where DNS gives no answer for a name that might decide, nothing is decided (§5.3.6), unless the outcome is the same in any case.
--
-- @module mailseal.dmarc
local alignment = require "mailseal.dmarc.alignment"
local discovery = require "mailseal.dmarc.discovery"
local evaluate = require "mailseal.dmarc.evaluate"
local message_of = require "mailseal.message"
local report = require "mailseal.dmarc.report"
local walk = require "mailseal.dmarc.walk"

local M = {}

-- Raises, in the name of the public function's caller, where an option is missing or none.
local function check(what, options, known)
  if type(options) ~= "table" then
    error(("%s wants options, a table, not a %s"):format(what, type(options)), 3)
  end
  for name, value in pairs(options) do
    if not known[name] then
      error(("%s: unknown option '%s'"):format(what, tostring(name)), 3)
    elseif not known[name][type(value)] then
      error(("%s: option '%s' cannot be a %s"):format(what, name, type(value)), 3)
    end
  end
  if options.resolver == nil then
    error(("%s wants a resolver, see mailseal.dns"):format(what), 3)
  end
end

local TABLE = { table = true }
local with_resolver = { resolver = TABLE }
local alignment_options = { resolver = TABLE, strict = { boolean = true } }
local message_facts = {
  from = { string = true, table = true }, message = { string = true }, dkim = TABLE, spf = TABLE, resolver = TABLE,
}

local function bad_name(name)
  return nil, ("'%s' is no domain name"):format(tostring(name)), "bad_name"
end

-- A domain's name as it is compared, and what was asked for its tree walk; or nil, message, code.
local function walk_from(domain, resolver)
  local name = alignment.canonical(domain)
  if not name then
    return bad_name(domain)
  end
  local steps, message, code = walk.ask({ name }, resolver)
  if not steps then
    return nil, message, code
  end
  return name, steps
end

--- The DMARC policy that applies to a domain (§4.10.1).
--
-- The tree walk asks at most eight names, all at once. Where the record that applies has a policy for names that do not exist (np=),
-- the domain itself is asked for as well.
-- @tparam string domain an author's
-- @tparam table options `resolver`: see `mailseal.dns`
-- @treturn[1] table
--
-- - `result`: "found"; "none" (no DMARC takes place); or "temperror" (DNS gives no answer for now)
-- - `reason`: of "none", "no_record", "no_policy" (the record has neither a valid policy nor an address for reports),
--   "several_records" (which void each other) or "dmarc_syntax"; of "temperror", "dns"
-- - `policy`: "none", "quarantine" or "reject": what is to be done with mail from that domain that fails
-- - `requested`: the same before t=y weakened it; `tag`: whence, "p", "sp" or "np"; `tested`: is there a t=y?
-- - `record`, `parsed`: the text, and the table of `mailseal.record.dmarc.parse`, only to be read; `record_domain`: where it is
-- - `organizational_domain`: of the domain; nil where DNS gave no answer to tell by
-- - `exists`: is there such a name in DNS? Nil where nobody had to know
-- - `queries`: the names of the walk, up to the one that ended it; `answers`: what came, by their places (false for a name
--   that is too long for DNS)
-- - `path`: the same judged: tables with `domain`, `name`, `answer`, `record` where there is one, `parsed` unless that is invalid,
--   and `problem` where there is none, or none that can be used: "several_records" (`count` tells how many), "dmarc_syntax",
--   "dmarc_no_policy", "name_too_long", or a temporary status of DNS
-- - `retry_at`: the time, in seconds since 1970, from which another answer may come
-- - `domain`: in lower-case A-labels
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_name`; `wrong_phase`, see `mailseal.dns`
function M.discover(domain, options)
  check("dmarc.discover", options, with_resolver)
  local name, steps, code = walk_from(domain, options.resolver)
  if not name then
    return nil, steps, code
  end
  return discovery.read(name, steps, options.resolver)
end

--- The organizational domain of a domain (§4.10.2).
-- @tparam string domain
-- @tparam table options `resolver`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `temperror` where DNS gives no answer for now; `bad_name`; `wrong_phase`
function M.organizational_domain(domain, options)
  check("dmarc.organizational_domain", options, with_resolver)
  local name, steps, code = walk_from(domain, options.resolver)
  if not name then
    return nil, steps, code
  end
  local organizational = walk.organizational_domain(walk.path(name, steps))
  if not organizational then
    return nil, ("DNS does not say, for now, what the organizational domain of %s is"):format(name), "temperror"
  end
  return organizational
end

--- How a domain that DKIM or SPF authenticates is aligned with an author's (§4.4).
-- @tparam string author_domain
-- @tparam string domain
-- @tparam table options `resolver`; `strict`: only the same domain will do
-- @treturn[1] string|boolean "strict" where they are identical, "relaxed" where they have the same organizational domain, else false
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `temperror` where DNS gives no answer for now; `bad_name`; `wrong_phase`
function M.aligned(author_domain, domain, options)
  check("dmarc.aligned", options, alignment_options)
  local one, other = alignment.canonical(author_domain), alignment.canonical(domain)
  if not one or not other then
    return bad_name(one and domain or author_domain)
  end
  local walks = not options.strict and alignment.needs_walk(one, other) and { one, other } or {}
  local steps, message, code = walk.ask(walks, options.resolver)
  if not steps then
    return nil, message, code
  end
  local aligned = alignment.of(one, other, steps, options.strict)
  if aligned == nil then
    return nil, ("DNS does not say, for now, whether %s and %s are aligned"):format(one, other), "temperror"
  end
  return aligned
end

-- The authors' domains as they are compared; nil where one is no domain name.
local function canonical_authors(from)
  local authors, seen = {}, {}
  for _, name in ipairs(type(from) == "table" and from or { from }) do
    local author = alignment.canonical(name)
    if not author then
      return nil
    elseif not seen[author] then
      seen[author] = true
      authors[#authors + 1] = author
    end
  end
  return authors
end

--- Does a message pass DMARC (§5.3)?
--
-- It passes where DKIM or SPF passes for a domain that is aligned with the author's. A message with several authors' domains never
-- passes: each is evaluated, four at most, and the strictest policy of those that fail is told (§11.5). One whose From field is missing,
-- malformed or there twice never passes either.
-- @tparam table facts
--
-- - `from`: the domain of the From field, or a list of several; or `message`, the message, of which the header section is enough
-- - `dkim`: the results of `mailseal.dkim.verify`, or any tables with `domain` and `result`
-- - `spf`: the result of `mailseal.spf.check` for MAIL FROM (of a null path, that is for the HELO name), or any table with `domain` and
--   `result`
-- - `resolver`: see `mailseal.dns`
-- @treturn[1] table a result that `mailseal.authres.write` takes
--
-- - `method`: "dmarc"; `properties`: what stands in Authentication-Results (§9.1)
-- - `result`: "pass", "fail", "none" (no DMARC record applies), "temperror" (DNS gives no answer for now), or "permerror"
-- - `reason`: of "fail", "not_authenticated" or "not_aligned"; of "none", as of @{discover}; of "temperror", "dns"; of "permerror",
--   "no_author", "multiple_from", "malformed_from" or "several_authors"
-- - `text`: the same as a sentence; names in it come from the message
-- - `domain`: the author's
-- - `policy`, `requested`, `tested`: as of @{discover}; nil where no record applies
-- - `disposition`: what the policy wants done with the message: "none", "quarantine" or "reject"
-- - `dkim`: a list, each with `domain`, `selector`, `result` and `aligned`: "strict" (the same domain), "relaxed", false, or nil where
--   DNS gave no answer to tell by (of a signature that does not pass, only "strict" or false)
-- - `spf`: likewise, with `identity`; nil where none was given
-- - `discovery`: as of @{discover}
-- - `authors`: of several authors, the result for each; `incomplete`: true where there were more
-- - `retry_at`: of "temperror", the time, in seconds since 1970, from which another answer may come
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `wrong_phase`, see `mailseal.dns`
function M.evaluate(facts)
  check("dmarc.evaluate", facts, message_facts)
  if (facts.from == nil) == (facts.message == nil) then
    error("dmarc.evaluate wants from or message, one of both", 2)
  end
  local domains = facts.from
  if facts.message then
    local found, text, code = message_of.author_domains(facts.message)
    if not found then
      return evaluate.unauthored(text, code)
    end
    domains = found
  end
  local authors = canonical_authors(domains)
  if not authors then
    return evaluate.unauthored("the From field names no domain that can be asked for", "malformed_from")
  elseif #authors == 0 then
    return evaluate.unauthored("the message names no author", "no_author")
  end
  return evaluate.authors(authors, facts, type(domains) == "table" and domains.more)
end

--- May DMARC reports about a domain go to an address at another one (§11.6; RFC 9990, before it RFC 7489 §7.1)?
-- They may where both have the same organizational domain, or where the other says so at `DOMAIN._report._dmarc.DESTINATION`.
-- @tparam string domain where the DMARC record is (`record_domain` of @{discover})
-- @tparam string destination the domain of the address in rua= or ruf=
-- @tparam table options `resolver`
-- @treturn[1] table
--
-- - `result`: "authorised", "refused", or "temperror" (DNS gives no answer for now)
-- - `reason`: of "authorised", "same_domain" or "same_organization", nil where a record says so; of "refused", "no_record" or
--   "name_too_long" (for DNS); of "temperror", "dns"
-- - `name`: where the authorisation is, or ought to be
-- - `record`, `parsed`: its text, and the table of `mailseal.record.dmarc_report.parse`
-- - `aggregate_reports`, `failure_reports`: the addresses that the record names in place of those in rua= or ruf=; only those at
--   the destination itself, so that an empty list means that none may be sent; nil where it names none
-- - `answer`: what DNS said to that name; `retry_at`: the time, in seconds since 1970, from which it may say something else
-- - `domain`, `destination`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_name`; `wrong_phase`, see `mailseal.dns`
function M.report_authorised(domain, destination, options)
  check("dmarc.report_authorised", options, with_resolver)
  local one, other = alignment.canonical(domain), alignment.canonical(destination)
  if not one or not other then
    return bad_name(one and destination or domain)
  end
  return report.ask(one, other, options.resolver)
end

return M
