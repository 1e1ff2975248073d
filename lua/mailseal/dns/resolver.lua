--- A resolver: asks its transport's servers until one of them knows, and says what was found.
--
-- An answer is a table:
--
-- - `status`: `ok`; `nodata` (the name has no records of the type) and `nxdomain` (there is no such name), both
--   definitive; `servfail`, `refused`, `timeout` and `bogus` (DNSSEC validation failed), all temporary.
-- - `name`, `type`: the question, the name in lower case without a dot at its end (RFC 4343), as are all names here;
--   octets that a name can rarely hold are written \DDD.
-- - `records`: a list, each with `name`, `type`, `ttl`, and by type: A, AAAA `address`; NS `host`; CNAME, PTR `target`; MX
--   `preference`, `exchange`; SOA `primary`, `mailbox`, `serial`, `refresh`, `retry`, `expire`, `minimum`; TXT, SPF
--   `strings`; DS `key_tag`, `algorithm`, `digest_type`, `digest`; TLSA `usage`, `selector`, `matching_type`, `data`
--   (both in hexadecimal); CAA `flags`, `tag`, `value`; SRV `priority`, `weight`, `port`, `target`; DNAME `target`; RRSIG
--   `type_covered`, `algorithm`, `labels`, `original_ttl`, `expiration`, `inception`, `key_tag`, `signer`, `signature`; DNSKEY
--   `flags`, `protocol`, `algorithm`, `key` (both in base64); any other type `data`, octets.
-- - `text`: for TXT and SPF, by record, its strings joined without a space.
-- - `chain`: the targets of the CNAMEs that led from `name` to the records.
-- - `dangling`: true where that chain ends at a name that does not exist: whoever can register it speaks for `name`.
-- - `authoritative`: the server speaks for `name` itself, not from hearsay (AA).
-- - `zone`: of a negative answer, the zone that the name, or the end of the chain, is in, where the server said so (the
--   owner of the SOA in the authority section); of an answer of type SOA, the zone whose SOA it is.
-- - `ttl`: seconds that the answer may be kept, of a negative one as RFC 2308 §5 has it; nil where it may not.
-- - `authentic`: the server says that it validated the answer by DNSSEC (AD). Worth as much as the way to it.
-- - `signed`: true where signatures came with the records, or with the SOA of a negative answer, as they do when `dnssec_ok` asks
--   for them and the zone has any. Nobody has looked whether they hold.
-- - `extended_errors`: a list of `{ code =, text = }` (RFC 8914).
-- - `rcode`: the reply's; nil where there is none.
-- - `reason`: of a temporary status, a word for why: `timeout`, `unreachable`, `tcp_failed`, `cname_loop`,
--   `cname_chain_too_long`, `bad_message`, `wrong_question`, `referral` (the server named others in place of an answer,
--   and is not one to ask: their records are in `delegation`), `dnssec_bogus`; nil where the server gave none.
-- - `server`: who answered; nil over a zone.
-- @module mailseal.dns.resolver
local ask = require "mailseal.dns.ask"
local async = require "mailseal.async"
local encode = require "mailseal.core".dns.encode

local M = {}
local Resolver = {}
Resolver.__index = Resolver
Resolver.__name = "mailseal.dns.resolver"

--- Makes a resolver upon a transport.
-- @tparam table transport see `mailseal.dns.cares`
-- @tparam[opt] table options `timeout`, `tries`, `deadline`: see `mailseal.dns`
-- @treturn table the resolver
function M.new(transport, options)
  return setmetatable({ transport = transport, asker = ask.new(transport, options), port = options and options.port }, Resolver)
end

-- Raises, in the name of the public method's caller, where the resolver is closed.
local function check_open(self)
  if self.closed then error("the resolver is closed", 3) end
end

local function are_strings(a, b) return type(a) == "string" and type(b) == "string" end

--- Asks for the records of a type at a name.
-- In a task of `mailseal.async` other tasks go on meanwhile, and so does nginx; elsewhere the call waits in place.
-- @tparam string name in ASCII (an A-label where it is international), with or without the dot at its end
-- @tparam string type "TXT", "MX", …, or "TYPE65280" for one that has no name here
-- @tparam[opt] table options `dnssec_ok`: ask for signatures (DO); `checking_disabled`: for what does not validate, too
--   (CD); `no_recursion`: ask an authoritative server what it knows itself
-- @treturn ?table the answer, whatever DNS said or did not say; nil for misuse alone
-- @treturn ?string what is wrong with the name or the type, or where we are
-- @treturn ?string `bad_name`, `bad_type`; `wrong_phase` in a phase of nginx that must not wait, see `mailseal.dns.resty`
-- @raise where name or type is no string, or the resolver is closed
function Resolver:query(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:query wants a name and a type", 2) end
  local query, canonical, kind = encode(name, type, options)
  if not query then return nil, canonical, kind end
  if self.transport.ready then
    local ready, message, code = self.transport:ready()
    if not ready then return nil, message, code end
  end
  return self.asker:ask({ name = canonical, type = kind, options = options }, query)
end

--- Asks for the records of a type at several names, side by side.
-- @tparam {string,...} names each as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options as for `query`
-- @treturn table the answers, by the names' places; false where `query` would have returned nil
function Resolver:query_all(names, type, options)
  check_open(self)
  local answers, errors = async.map(names, math.max(#names, 1), function(name) return self:query(name, type, options) or false end)
  local _, wrong = next(errors)
  if wrong then error(wrong, 0) end
  return answers
end

--- Asks each name server of the zone that a name is in, side by side, past all caches: who has the record, and who not yet.
--
-- What is found is a table:
--
-- - `status`: of what all that answer agree on, as in an answer; `propagating` where they differ; `servfail` or `timeout`
--   where none answers.
-- - `reason`: of a temporary status: `lame`, `silent` or `unresolved` (what the name servers are), `no_name_servers`,
--   `no_zone`, or as in an answer.
-- - `summary`: in words, such as "2 of 3 name servers have it; 1 is silent".
-- - `answer`: what they agree on. A CNAME is theirs, and what it leads to was asked for in the usual way.
-- - `groups`: those who say the same, the largest first, each with `status`, `answer`, `alias` (the target of their CNAME) and
--   `servers` (names).
-- - `servers`: a list, each with `host`; `state`: `answers`, `lame` (it does not speak for the zone), `silent`, `unresolved` (no
--   address is known); `reason` (of another state than the first: `refused`, `not_authoritative`, `referral`, `unreachable`, …);
--   `address` and `answer` (of the best of its addresses); and `addresses`, a list with `address`, `state`, `reason` and
--   `answer` for each.
-- - `zone`: the zone asked; `name_servers_from`: `child` where the zone itself told its name servers, `parent` where they
--   are those of its delegation.
-- - `name`, `type`: the question.
-- @tparam string name as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options `fresh`: find the zone and its servers past the cache, too; `deadline`: seconds within which all is to be
--   done; `port`: where name servers listen (that of the resolver, or 53)
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the name or the type
-- @treturn ?string `bad_name` or `bad_type`
-- @raise where name or type is no string, or the resolver is closed
function Resolver:authoritative(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:authoritative wants a name and a type", 2) end
  local query, canonical, kind = encode(name, type)
  if not query then return nil, canonical, kind end
  return require "mailseal.dns.authoritative".ask(self, canonical, kind, options or {})
end

--- Asks for the names of an address (PTR), and confirms each by asking the name for its addresses.
--
-- What is found is a table:
--
-- - `status`: `ok` where a name is confirmed; `unconfirmed` where there are names and none is; `nodata`, `nxdomain` where there
--   are none; or a temporary status, with its `reason`, where that is why none is confirmed.
-- - `confirmed`: the names that have the address.
-- - `names`: a list, each with `name`; `state`: `confirmed`, `unconfirmed` (it has not that address), `unknown` (it could not
--   be asked); and `answer`, what it said of its addresses.
-- - `capped`: there are more than ten names, and the rest was not looked at.
-- - `answer`: the answer with the PTR records; `name`, `type`: the question for it; `address`: as given.
-- @tparam string address such as "192.0.2.1" or "2001:db8::1"
-- @tparam[opt] table options as for `query`
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the address
-- @treturn ?string `bad_address`
-- @raise where the address is no string, or the resolver is closed
function Resolver:reverse(address, options)
  check_open(self)
  if type(address) ~= "string" then error("resolver:reverse wants an address", 2) end
  return require "mailseal.dns.reverse".ask(self, address, options)
end

--- Is what a name answers a wildcard's answer (RFC 4592)? An unguessable name beside it is asked, and the two are compared.
-- A record of the name's own with a wildcard's very data cannot be told from it.
-- @tparam string name as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options as for `query`
-- @treturn ?boolean true where a wildcard answers; false where the name answers for itself, or there is no such name
-- @treturn ?string why it cannot be told, or what is wrong with the name or the type
-- @treturn ?string a temporary status; `no_room` beside one of the longest names there are; `bad_name` or `bad_type`
-- @raise where name or type is no string, or the resolver is closed
function Resolver:synthesized(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:synthesized wants a name and a type", 2) end
  local query, canonical, kind = encode(name, type)
  if not query then return nil, canonical, kind end
  return require "mailseal.dns.wildcard".ask(self, canonical, kind, options)
end

--- Lets go of sockets at once, not when the garbage is collected; the resolver is of no use afterwards.
function Resolver:close()
  self.closed = true
  self.transport:close()
end

return M
