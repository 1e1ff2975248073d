--- What is wrong with a sending domain, what caused it, and how to mend it.
--
--     local check = require "mailseal.check"
--     local report = assert(check.domain("example.com", { selectors = { "s1" }, key = k }))
--     for _, finding in ipairs(report.findings) do
--       print(finding.severity, finding.message, finding.fix)
--     end
--     if report.status == "unknown" then print("ask again after", os.date("!%F %T", report.retry_at)) end
--
-- A check looks at several aspects of a domain side by side; each is a module `mailseal.check.<aspect>` with `look(context)`, and
-- the context (`mailseal.check.context`) is how it asks and tells. Everything is asked once.
--
-- Where to look: `context` is how aspects ask and tell, `questions` what lets each question be asked once, `expect` what a check is
-- told to find, `catalogue` the sentences, `report` what becomes of the findings. What several aspects want to know of any record (is
-- it published, by whom, and who sees it; where else is it; why is it not there) is in `publication/`, of which `verdict` goes through
-- it all. `message` and `message/` check a message, `picture/` draws a report.
--
-- Nothing here is ever called an error because it is not visible yet, or because DNS did not answer: that is *pending*, and says
-- from when on it is of use to look again.
-- @module mailseal.check
local async = require "mailseal.async"
local contexts = require "mailseal.check.context"
local domains = require "mailseal.domain"
local expectations = require "mailseal.check.expect"
local kinds = require "mailseal.dns.options"
local name_servers = require "mailseal.check.name_servers"
local reports = require "mailseal.check.report"
local reverse = require "mailseal.dns.reverse"
local shared = require "mailseal.check.shared"

local M = {}

--- The aspects, in the order in which a report tells of them.
M.ASPECTS = { "dkim", "expected", "spf", "dmarc", "mx", "reverse", "mta_sts", "tls_rpt", "bimi", "dnssec", "profile" }

local known = {}
for _, name in ipairs(M.ASPECTS) do
  known[name] = true
end

-- ---- Options.

local function is_list_of(kind)
  return function(value)
    if type(value) ~= "table" then
      return false
    end
    for _, item in ipairs(value) do
      if type(item) ~= kind then
        return false
      end
    end
    return true
  end
end

local function is_key(value)
  return type(value) == "string" or type(value) == "table" or type(value) == "userdata"
end

local function are_addresses(value)
  if type(value) ~= "table" then
    return false
  end
  for _, address in ipairs(value) do
    if type(address) ~= "string" or not reverse.name(address) then
      return false
    end
  end
  return true
end

local options_known = {
  resolver = kinds.of_type("table", "a resolver"),
  selectors = { is_list_of "string", "a list of names" },
  key = { is_key, "a key of mailseal.key, or the text of its record" },
  expect = { is_list_of "table", "a list of expectations" },
  addresses = { are_addresses, "a list of IPv4 and IPv6 addresses" },
  sender = kinds.of_type("string", "an address or a domain"),
  helo = kinds.of_type("string", "the name of a host"),
  mta_sts_policy = kinds.of_type("string", "the text of a policy"),
  only = { is_list_of "string", "a list of aspects" },
  name_servers = kinds.flag,
  keep = kinds.flag,
  edited_at = { is_list_of "string", "a list of name servers" },
  now = kinds.of_type("number", "a time in seconds since 1970"),
}

local of_message = {
  resolver = options_known.resolver, now = options_known.now,
  ip = kinds.of_type("string", "an address"), helo = kinds.of_type("string", "a name"), sender = kinds.of_type("string", "an address"),
}

-- Raises in the name of the caller's caller where an aspect is none.
local function check_aspects(options)
  for _, name in ipairs(options.only or {}) do
    if not known[name] then
      error(("check.domain knows no aspect \"%s\""):format(name), 3)
    end
  end
end

-- ---- Looking.

-- The aspects that the options name, in order.
local function chosen(only)
  if not only then
    return M.ASPECTS
  end
  local wanted, list = {}, {}
  for _, name in ipairs(only) do
    wanted[name] = true
  end
  for _, name in ipairs(M.ASPECTS) do
    if wanted[name] then
      list[#list + 1] = name
    end
  end
  return list
end

-- Lets all aspects look, side by side.
local function look(check, aspects)
  local common, all, tables, seen = contexts.share(check), {}, {}, shared.new()
  local function look_at(name)
    local context = all[name]
    return context and shared.once(seen, name, require("mailseal.check." .. name).look, context)
  end
  local list = {}
  for i, name in ipairs(aspects) do
    all[name] = contexts.new(common, name, look_at)
    list[i] = all[name]
  end
  async.each(aspects, function(name)
    tables[name] = look_at(name)
    return true
  end)
  list[#list + 1] = contexts.new(common, "name_servers", look_at)
  tables.name_servers = name_servers.look(list[#list])
  return reports.make(check.domain, list, tables)
end

-- The domain in lower-case A-labels; nil and a message where it is none.
local function canonical(domain)
  local name = domain:gsub("%.$", "")
  if reverse.octets(name) then
    return nil, "that is an address, and no name of a domain"
  end
  if not name:find "[^%l%d.-]" and not name:find "xn--" and domains.valid(name) then
    return name -- most are so, and need no conversion
  end
  local ascii, message = domains.to_ascii(name)
  if not ascii or not domains.valid(ascii) then
    return nil, message or "that is no name of a domain"
  end
  return ascii
end

-- The resolver for the check, made where none is given; nil, a message and a code where it cannot be asked here.
local function resolver_of(options)
  local resolver, message, code = options.resolver, nil, nil
  if not resolver then
    resolver, message, code = require "mailseal.dns".resolver {}
  end
  local ready = resolver
  if resolver and resolver.ready then
    ready, message, code = resolver:ready()
  end
  return ready and resolver, message, code
end

--- Checks a domain.
-- @tparam string domain U-labels and upper case are converted
-- @tparam[opt] table options
--
-- - `resolver`: what to ask (`mailseal.dns`; the system's servers without it)
-- - `selectors`: DKIM selectors whose keys are to be there, without `._domainkey`
-- - `key`: the key that is to be published at those selectors: a key of `mailseal.key`, or the text of its record
-- - `expect`: a list of what is expected to be published, as data: see `mailseal.check.expect`
-- - `addresses`: those that mail is sent from
-- - `sender`: the return address of the mail (MAIL FROM), or its domain, where that is not the domain itself; `helo`: the name that the
--   sending host says. They are what SPF is asked for with `addresses`, and what is aligned with the domain for DMARC
-- - `mta_sts_policy`: the text of https://mta-sts.<domain>/.well-known/mta-sts.txt, which is not fetched here
-- - `only`: the aspects to look at, of `ASPECTS` (all of them)
-- - `name_servers`: ask the name servers of each record's own zone as well (true)
-- - `keep`: let the resolver's cache keep what it learns of the domain's own names (true); who checks very many domains, each once,
--   has no use for that
-- - `edited_at`: the name servers of the DNS host where the domain's records are said to be edited, which may not be those in use
-- - `now`: seconds since 1970, UTC
-- @treturn[1] table the report:
--
-- - `domain`: as asked for
-- - `status`: "error" where a finding is one; else "unknown" where one is pending; else "warning"; else "ok"
-- - `findings`: a list, errors first, each with `code`, `severity` ("error", "warning", "advice", "pending"), `aspect` (of `ASPECTS`, or
--   "name_servers": what is told of those of the zones, whichever aspects asked them), `name` (the DNS name), `record` (the
--   expectation's id), `expected`, `found`, `where` (a server, a zone or a name), `message` (the cause in a sentence), `fix` (the cure)
--   and, where it is pending, `retry_at`. Sentences are printable; the other fields are as DNS had them.
-- - `records`: how it stands with each expected record: `id`, `name`, `type`, `status` ("found", "missing", "mismatch", "migrating",
--   "conflicting", "propagating", "unknown"), `expected`, `found`, `findings` (their codes)
-- - `retry_at`: the earliest of the findings', seconds since 1970: looking again before is of no use
-- - by the name of each aspect, what it has seen: see `look` of its module; likewise `name_servers`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the domain, or with the system's servers; or why DNS cannot be asked here
-- @treturn[2] string `bad_name` (of the domain, a selector or an expectation), `bad_key`, or a code of `mailseal.dns`, such as
--   `wrong_phase` in a phase of nginx that must not wait
-- @raise where an option is none, or not of its kind
function M.domain(domain, options)
  if type(domain) ~= "string" then
    error("check.domain wants a domain", 2)
  end
  options = options or {}
  kinds.check("check.domain", options, options_known)
  check_aspects(options)
  local name, message = canonical(domain)
  if not name then
    return nil, message, "bad_name"
  end
  local expected, wrong, kind = expectations.list(name, options, 2)
  if not expected then
    return nil, wrong, kind
  end
  local resolver, cause, code = resolver_of(options)
  if not resolver then
    return nil, cause, code
  end
  return async.run(look, {
    domain = name, options = options, selectors = options.selectors or {}, expect = expected,
    now = options.now or resolver.time(), resolver = resolver,
  }, chosen(options.only))
end

--- Checks a message: what DKIM, SPF and DMARC come to for it, and what became of it on its way where they do not pass.
--
-- Where a signature fails, what relays, lists and gateways are known to do is taken back and the signature tried again: what makes
-- it hold is proven to have been done. Nothing of a message is believed that is not proven, but told: lists, forwarders and ARC
-- seals explain what else was found.
-- @tparam string text the message; one whose first line ends in a bare LF, as Unix keeps text files, is taken as if every line ended
--   in CRLF
-- @tparam[opt] table options
--
-- - `resolver`: what to ask (`mailseal.dns`; the system's servers without it)
-- - `ip`: the address that the message came from; without it, SPF is not evaluated
-- - `helo`: the name that the sending host gave itself
-- - `sender`: the envelope sender; without it, that of the Return-Path field is taken
-- - `now`: seconds since 1970, UTC
-- @treturn[1] table the report: `status`, `findings` and `retry_at` as of @{domain}, and
--
-- - `domain`: the author's; nil where there is none
-- - `verdict`: `result`, "pass" (the author's domain is authenticated), "fail" or "unknown"; and `text`, a sentence
-- - `dkim`: the results of `mailseal.dkim.verify`, each with `tags`, a list of `name`, `value` and `meaning`; those of signatures that
--   fail with `changes`, a list of what was done to the message, each with `part` ("body" or "header") and `kind` (see
--   `mailseal.check.message.body` and `mailseal.check.message.header`)
-- - `spf`: the result of `mailseal.spf.check`; nil where there is no address, or neither a sender nor a HELO name
-- - `dmarc`: the result of `mailseal.dmarc.evaluate`
-- - `profile`: what large receivers ask of bulk senders, and whether it is met: see `mailseal.check.profile`
-- - `sender`, `sender_from`: the envelope sender, and whence: "given" or "return_path"
-- - `list`, `forwarded`, `arc`: what the header says of its way, unproven (see `mailseal.check.message.facts`)
-- - `normalized`: true where line ends were mended first
-- - `skipped`: octets in front of the header (empty lines, a byte order mark) that were left out; nil where there are none
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the message, with the address, or with the system's servers; or why DNS cannot be asked here
-- @treturn[2] string `not_a_message`, `several_messages` (a mailbox of them), `mixed_line_ends`, `header_too_large`, `bad_address`, or
--   a code of `mailseal.dns`
-- @raise where an option is none, or not of its kind
function M.message(text, options)
  if type(text) ~= "string" then
    error("check.message wants a message", 2)
  end
  options = options or {}
  kinds.check("check.message", options, of_message)
  local resolver, cause, code = resolver_of(options)
  if not resolver then
    return nil, cause, code
  end
  local report
  report, cause, code = require("mailseal.check.message").check(text, options, resolver, options.now or resolver.time())
  return report, cause, code
end

return M
