--- A resolver: asks its transport's servers until one of them knows, and says what was found.
--
-- An answer is a table. Its fields are the caller's own; the lists in it may be shared with others, and are only to be read.
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
-- - `ttl`: seconds that the answer may be kept, of a negative one as RFC 2308 §5 has it, but at most a day, and three hours for a
--   negative one; nil where it may not. Out of the cache, what is left of them. (The records' own `ttl` is as the server said.)
-- - `expires_at`: the time until which it may be kept, in seconds since 1970, UTC; nil where it may not, as with TTL 0.
-- - `recheck_at`: the time before which it is no use to ask again, in seconds since 1970, UTC: what was published since is seen
--   when the caches on the way have forgotten this answer, and in any case 60 seconds after it was given.
-- - `from_cache`: true where it came out of the resolver's cache.
-- - `authentic`: the server says that it validated the answer by DNSSEC (AD). Worth as much as the way to it: of the servers
--   that resolv.conf names it is believed where that says so (`options trust-ad`), or where they are this machine; of those that
--   the program names, always.
-- - `signed`: true where signatures came with the records, or with the SOA of a negative answer, as they do when `dnssec_ok` asks
--   for them and the zone has any. Nobody has looked whether they hold.
-- - `extended_errors`: a list of `{ code =, text = }` (RFC 8914).
-- - `rcode`: the reply's; nil where there is none.
-- - `reason`: of a temporary status, a word for why: `timeout`, `queued` (the time was over before its turn), `unreachable`,
--   `tcp_failed`, `failed` (it could not be sent), `no_memory`, `closed` (the resolver was, meanwhile), `cname_loop`,
--   `cname_conflict` (a name has two CNAMEs that differ), `cname_chain_too_long`, `bad_message`, `not_a_reply`,
--   `wrong_question`, `referral` (the server named others in place of an answer, and is not one to ask: their records are in
--   `delegation`), `lame` (it has nothing, and neither recurses nor speaks for the name), `unrelated` (the reply holds nothing
--   for the question, but something for another), `contradictory` (it holds records of a name that it says does not exist),
--   `dnssec_bogus`; nil where the server gave none.
-- - `server`: who answered; nil over a zone.
-- @module mailseal.dns.resolver
local answers = require "mailseal.dns.answer"
local ask = require "mailseal.dns.ask"
local async = require "mailseal.async"
local cache = require "mailseal.dns.cache"
local encode = require "mailseal.core".dns.encode
local flights = require "mailseal.dns.flights"
local kinds = require "mailseal.dns.options"
local server = require "mailseal.dns.server"

local check_options, no_answer = kinds.check, answers.none
local copy, now, floor, time = cache.copy, async.now, math.floor, os.time

local M = {}
local Resolver = {}
Resolver.__index = Resolver
Resolver.__name = "mailseal.dns.resolver"

local RECHECK_SOONEST = answers.RECHECK_SOONEST

-- Seconds that a definitive answer may be kept at most, whatever it says of itself (of a negative one RFC 2308 §5 says so). All
-- others are faults, which RFC 2308 §7 would let us keep for five minutes: of one that is over nobody should hear any longer.
local LONGEST = { ok = 86400, nodata = 10800, nxdomain = 10800 }

-- ---- The system's servers.

-- The settings that the options name, or else the system.
local function settings_of(options, found)
  local settings = {}
  for name, value in pairs(options) do settings[name] = value end
  for _, name in ipairs { "timeout", "tries", "rotate" } do
    if settings[name] == nil then settings[name] = found[name] end
  end
  return settings
end

-- Is what the servers say of DNSSEC worth anything? As glibc has it, where resolv.conf says so (`trust-ad`); and where
-- they are this machine itself.
local function are_trusted(found)
  if found.trusted then return true end
  for _, name in ipairs(found.servers) do
    if not server.is_loopback(name) then return false end
  end
  return true
end

-- Where others share the cache, keeps the answers of these servers apart there.
local function share_among(self, servers)
  if self.cache and self.cache.of_servers then self.cache:of_servers(servers) end
end

-- Asks those servers from now on that the system names.
local function follow_system(self, found)
  self.transport.servers = found.servers
  self.asker = ask.new(self.transport, settings_of(self.options, found))
  self.distrusts = not are_trusted(found)
  share_among(self, found.servers)
end

--- Makes a resolver upon a transport.
-- @tparam table transport see `mailseal.dns.cares`
-- @tparam[opt] table options `timeout`, `tries`, `deadline`, `rotate`, `in_flight`, `now`, `observe`: see `mailseal.dns`; `cache`: a cache,
--   see `mailseal.dns.cache`; `system`: a watch of the system's servers, see `mailseal.dns.system`
-- @treturn table the resolver
function M.new(transport, options)
  options = options or {}
  local self = setmetatable({ transport = transport, options = options, time = options.now or time, port = options.port }, Resolver)
  if options.cache then self.cache, self.flights = options.cache, flights.new() end
  self.system = options.system
  if self.system then
    follow_system(self, self.system.found)
  else
    self.asker = ask.new(transport, options)
    if transport.servers[1] then share_among(self, transport.servers) end
  end
  return self
end

-- ---- Asking.

-- Takes notice where the system names other servers than before: they may see another DNS.
local function look_at_system(self)
  local found = self.system:changed()
  if not found then return end
  follow_system(self, found)
  if not self.cache then return end
  self.flights = flights.new()
  if self.cache.clear then self.cache:clear() end
end

-- Asks, and adds what is to be said of an answer's time.
local function ask_now(self, question, query, deadline)
  local answer = self.asker:ask(question, query, nil, deadline)
  local moment, ttl, wait = self.time(), answer.ttl, RECHECK_SOONEST
  local longest = ttl and ttl > 0 and LONGEST[answer.status]
  if longest then
    if ttl > longest then
      ttl = longest
      answer.ttl = ttl
    end
    if ttl > wait then wait = ttl end
    answer.expires_at = moment + ttl
  end
  answer.recheck_at = moment + wait
  if self.distrusts then answer.authentic = false end
  return answer
end

-- An answer that the cache has found; nil where there is none.
local function take(self, name, kind, answer, left)
  -- Only who spells the question as answers do may find one by his own spelling.
  if not answer or answer.name ~= name or answer.type ~= kind then return nil end
  answer.from_cache, answer.ttl = true, floor(left or math.max(0, answer.expires_at - self.time()))
  -- It may be shared with who believes more.
  if self.distrusts then answer.authentic = false end
  return answer
end

local function find(self, key, name, kind)
  return take(self, name, kind, self.cache:get(key))
end

-- Keeps an answer, or forgets what it contradicts.
local function keep(self, key, answer)
  if answer.expires_at then
    self.cache:put(key, answer, answer.ttl)
  elseif LONGEST[answer.status] then
    self.cache:delete(key)
  end
end

-- May the transport be used where we are? Else nil, a message and a code.
local function is_ready(transport)
  if transport.ready then return transport:ready() end
  return true
end

-- What of the options makes another question of it (DO is a part of EDNS).
local VARIANTS = { "", " D", " C", " D C" }

local function flags_of(options)
  return (options.dnssec_ok and not options.no_edns and " D" or "") .. (options.checking_disabled and " C" or "")
end

-- Forgets what is known, or comes late, of a question's other variants: a fresh answer may contradict it.
local function forget_others(self, question, flags)
  for _, other in ipairs(VARIANTS) do
    if other ~= flags then
      self.flights:forget(question .. other)
      self.cache:delete(question .. other)
    end
  end
end

-- Asks by way of the cache and of the flights.
local function query_shared(self, name, kind, options)
  local flags, fresh = options and flags_of(options) or "", options and options.fresh
  local answer = not fresh and find(self, kind .. " " .. name .. flags, name, kind)
  if answer then return answer end
  local query, canonical, canonical_kind = encode(name, kind, options)
  if not query then return nil, canonical, canonical_kind end
  local plain_key = canonical_kind .. " " .. canonical
  local key = plain_key .. flags
  if not fresh and (canonical ~= name or canonical_kind ~= kind) then
    answer = find(self, key, canonical, canonical_kind)
    if answer then return answer end
  end
  local ready, message, code = is_ready(self.transport)
  if not ready then return nil, message, code end
  local deadline = now() + (options and options.deadline or self.asker.deadline)
  -- What a flight that is under way brings was asked before.
  answer = not fresh and self.flights:join(key, deadline)
  if answer then return copy(answer) end
  local question, asker = { name = canonical, type = canonical_kind, options = options }, self.asker
  local is_latest
  answer, is_latest = self.flights:lead(key, deadline, ask_now, self, question, query, deadline)
  if fresh and LONGEST[answer.status] then forget_others(self, plain_key, flags) end
  -- A flight that began later knows better, and so do the system's new servers.
  if is_latest and asker == self.asker then keep(self, key, answer) end
  return answer
end

-- Raises, in the name of the public method's caller, where the resolver is closed.
local function check_open(self)
  if self.closed then error("the resolver is closed", 3) end
end

local function is_string(value) return type(value) == "string" end
local function are_strings(a, b) return is_string(a) and is_string(b) end

local function are_names(list)
  if type(list) ~= "table" then return false end
  for _, name in ipairs(list) do
    if not is_string(name) then return false end
  end
  return true
end

local flag, seconds = kinds.flag, kinds.seconds(86400)

-- What each option must be.
local query_options = {
  dnssec_ok = flag, checking_disabled = flag, no_recursion = flag, no_edns = flag, fresh = flag, uncached = flag, deadline = seconds,
}
local delegation_options = { fresh = flag, deadline = seconds, port = kinds.count(1, 65535) }
local authoritative_options = { hosts = { are_names, "a list of names" } }
for name, kind in pairs(delegation_options) do authoritative_options[name] = kind end

-- Hosts as answers spell them, those that are no names left out.
local function canonical_hosts(hosts)
  local list = {}
  for _, host in ipairs(hosts) do
    local query, canonical = encode(host, "A")
    if query then list[#list + 1] = canonical end
  end
  return list
end

-- Name and type as answers spell them, where they may be asked for here; else nil, a message and a code.
local function check_question(self, name, type)
  local query, canonical, kind = encode(name, type)
  if not query then return nil, canonical, kind end
  local ready, message, code = is_ready(self.transport)
  if not ready then return nil, message, code end
  return canonical, kind
end

--- Asks for the records of a type at a name.
-- In a task of `mailseal.async` other tasks go on meanwhile, and so does nginx; elsewhere the call waits in place.
--
-- Where the resolver has a cache, who asks what is being asked already waits for that answer, and does not ask again.
-- @tparam string name in ASCII (an A-label where it is international), with or without the dot at its end
-- @tparam string type "TXT", "MX", …, or "TYPE65280" for one that has no name here
-- @tparam[opt] table options
--
-- - `fresh`: ask now, whatever the cache holds, and put what is found into it, in place of all that it knew of that name and
--   type. The servers asked may have a cache of their own; who wants to be past that, too, asks the name servers themselves
--   (`authoritative`).
-- - `uncached`: ask past the cache without a trace in it, and past whoever is asking the same: where nobody will ask for this name
--   again, keeping what it has would drive out what somebody will.
-- - `deadline`: seconds after which this query ends in any case, at most a day.
-- - `dnssec_ok`: ask for signatures (DO); `checking_disabled`: for what does not validate, too (CD).
-- - `no_recursion`: ask an authoritative server what it knows itself. Such an answer is not cached.
-- - `no_edns`: where it comes to asking, without EDNS, and so without `dnssec_ok`.
-- @treturn ?table the answer, whatever DNS said or did not say; nil for misuse alone
-- @treturn ?string what is wrong with the name or the type, or where we are
-- @treturn ?string `bad_name`, `bad_type`; `wrong_phase` in a phase of nginx that must not wait, see `mailseal.dns.resty`
-- @raise where name or type is no string, an option is none, or the resolver is closed
function Resolver:query(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:query wants a name and a type", 2) end
  if options ~= nil then check_options("resolver:query", options, query_options) end
  if self.system then look_at_system(self) end
  if self.cache and not (options and (options.no_recursion or options.uncached)) then
    return query_shared(self, name, type, options)
  end
  local query, canonical, kind = encode(name, type, options)
  if not query then return nil, canonical, kind end
  local ready, message, code = is_ready(self.transport)
  if not ready then return nil, message, code end
  local question, deadline = { name = canonical, type = kind, options = options }, options and options.deadline
  return ask_now(self, question, query, deadline and self.asker.clock() + deadline)
end

--- What the cache has for a question; nobody is asked, and nobody waits. It is had for less than by `query`, which has to copy it.
-- @tparam string name as answers spell it, in lower case and without a dot at its end; no other is found
-- @tparam string type likewise, in upper case
-- @tparam[opt] table options as for `query`
-- @treturn ?table the answer, only to be read; nil where `query` would have to ask
-- @raise as `query`
function Resolver:known(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:known wants a name and a type", 2) end
  if options ~= nil then check_options("resolver:known", options, query_options) end
  if self.system then look_at_system(self) end
  if not self.cache or options and (options.no_recursion or options.uncached or options.fresh) then return nil end
  local key = type .. " " .. name .. (options and flags_of(options) or "")
  -- What others may have of the same cache is not changed; any cache may stand in the place of ours.
  if self.distrusts or not self.cache.peek then return find(self, key, name, type) end
  return take(self, name, type, self.cache:peek(key))
end

--- Asks for the records of a type at several names, side by side.
-- @tparam {string,...} names each as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options as for `query`
-- @treturn table the answers, by the names' places; false where `query` would have returned nil
-- @raise where what is given is no list of strings and a string, an option is none, or the resolver is closed
function Resolver:query_all(names, type, options)
  check_open(self)
  if not are_names(names) or not is_string(type) then error("resolver:query_all wants a list of names, and a type", 2) end
  if options ~= nil then check_options("resolver:query_all", options, query_options) end
  local function ask_for(name)
    if self.closed then return no_answer(name, type, "closed") end
    return self:query(name, type, options) or false
  end
  if is_ready(self.transport) then return async.each(names, ask_for) end
  -- Nothing waits here, and there may be no tasks either.
  local list = {}
  for i, name in ipairs(names) do list[i] = ask_for(name) end
  return list
end

--- Asks each name server of the zone that a name is in, side by side, past all caches: who has the record, and who not yet.
-- An address that several of them have is asked once for all of them.
--
-- What is found is a table:
--
-- - `status`: of what all that answer agree on, as in an answer; `propagating` where they differ; `servfail` or `timeout`
--   where none answers.
-- - `reason`: of a temporary status: `lame`, `silent`, `unasked` or `unresolved` (what the name servers are), `no_name_servers`,
--   `no_zone`; `timeout` where the time was over before the name servers were known, `closed` where the resolver was closed
--   before; or as in an answer.
-- - `summary`: in words, such as "2 of 3 name servers have it; 1 is silent".
-- - `answer`: what they agree on. A CNAME is theirs, and what it leads to was asked for in the usual way.
-- - `groups`: those who say the same, the largest first, each with `status`, `answer`, `alias` (the target of their CNAME) and
--   `servers` (names).
-- - `servers`: a list, each with `host`; `state`: `answers`, `lame` (it does not speak for the zone), `silent`, `unasked` (the
--   time was over before its turn, or the resolver closed; or, with the reason `too_many`, 256 addresses had been asked before,
--   which is the most), `unresolved` (no address is known); `reason` (of another state than the first: `refused`,
--   `not_authoritative`, `referral`, `unreachable`, …); `address` and `answer` (of the best of its addresses); and `addresses`, a
--   list with `address`, `state`, `reason` and `answer` for each.
-- - `capped`: the zone has more than 16 name servers, and the rest was not asked, as the summary says.
-- - `zone`: the zone asked; `name_servers_from`: `child` where the zone itself told its name servers, `parent` where they
--   are those of its delegation.
-- - `recheck_at`: seconds since 1970 before which asking again is of little use.
-- - `name`, `type`: the question.
-- @tparam string name as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options `fresh`: find the zone and its servers past the cache, too; `deadline`: seconds within which all is to be
--   done (eight times those of one query); `port`: where name servers listen (that of the resolver, or 53); `hosts`: the names of the
--   servers to ask in place of those of the zone, whichever that is
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the name or the type, or where we are
-- @treturn ?string `bad_name`, `bad_type`; `wrong_phase` as of `query`
-- @raise where name or type is no string, an option is none, or the resolver is closed
function Resolver:authoritative(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:authoritative wants a name and a type", 2) end
  if options ~= nil then check_options("resolver:authoritative", options, authoritative_options) end
  local canonical, kind, code = check_question(self, name, type)
  if not canonical then return nil, kind, code end
  local given = {}
  for option, value in pairs(options or {}) do given[option] = value end
  given.hosts = given.hosts and canonical_hosts(given.hosts)
  return require "mailseal.dns.authoritative".ask(self, canonical, kind, given)
end

--- Asks which name servers the zone above delegates a zone to. The zone itself may name others, and whoever has one answer in his
-- cache asks these, who has the other, those.
--
-- What is found is a table: `zone`; `hosts`, a sorted list of names, empty where it cannot be told; `parent`, the zone above.
-- @tparam string zone as for `query`
-- @tparam[opt] table options `fresh`, `deadline`, `port`: as for `authoritative`
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the name, or where we are
-- @treturn ?string `bad_name`; `wrong_phase` as of `query`
-- @raise where the zone is no string, an option is none, or the resolver is closed
function Resolver:delegation(zone, options)
  check_open(self)
  if not is_string(zone) then error("resolver:delegation wants a zone", 2) end
  if options ~= nil then check_options("resolver:delegation", options, delegation_options) end
  local canonical, message, code = check_question(self, zone, "NS")
  if not canonical then return nil, message, code end
  return require "mailseal.dns.authoritative".delegation(self, canonical, options or {})
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
-- @tparam[opt] table options as for `query`; `deadline`: seconds within which all is to be done (twice those of one query)
-- @treturn ?table what was found; nil for misuse alone
-- @treturn ?string what is wrong with the address, or where we are
-- @treturn ?string `bad_address`; `wrong_phase` as of `query`
-- @raise where the address is no string, an option is none, or the resolver is closed
function Resolver:reverse(address, options)
  check_open(self)
  if type(address) ~= "string" then error("resolver:reverse wants an address", 2) end
  if options ~= nil then check_options("resolver:reverse", options, query_options) end
  local ready, message, code = is_ready(self.transport)
  if not ready then return nil, message, code end
  return require "mailseal.dns.reverse".ask(self, address, options)
end

--- Is what a name answers a wildcard's answer (RFC 4592)? An unguessable name beside it is asked, and the two are compared.
-- Where neither has such records, those of other common types are compared. A record of the name's own with a wildcard's very data
-- cannot be told from it; a CNAME counts as it stands, whatever its target has.
-- @tparam string name as for `query`
-- @tparam string type as for `query`
-- @tparam[opt] table options as for `query`; `deadline`: seconds within which all is to be done (four times those of one query)
-- @treturn ?boolean true where a wildcard answers; false where the name answers for itself, or there is no such name
-- @treturn ?string why it cannot be told, or what is wrong with the name or the type, or where we are
-- @treturn ?string a temporary status; `no_room` beside one of the longest names there are; `cannot_tell` where neither has records
--   of any common type; `bad_name`, `bad_type`; `wrong_phase` as of `query`
-- @raise where name or type is no string, an option is none, or the resolver is closed
function Resolver:synthesized(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:synthesized wants a name and a type", 2) end
  if options ~= nil then check_options("resolver:synthesized", options, query_options) end
  local canonical, kind, code = check_question(self, name, type)
  if not canonical then return nil, kind, code end
  return require "mailseal.dns.wildcard".ask(self, canonical, kind, options)
end

--- Can it be asked where we are? What the cache holds is answered in any case; over a zone, all is.
-- @treturn ?boolean true
-- @treturn ?string why not, and what to do
-- @treturn ?string `wrong_phase` as of `query`
-- @raise where the resolver is closed
function Resolver:ready()
  check_open(self)
  return is_ready(self.transport)
end

--- Whom it asks.
-- @treturn table a list of servers, see `mailseal.dns`; over a zone an empty one
-- @treturn table a list of those that resolv.conf names, too, but that cannot be asked (see `mailseal.dns.system`)
function Resolver:servers()
  local servers = {}
  for _, name in ipairs(self.transport.servers) do servers[#servers + 1] = name or nil end
  local passed_over = {}
  for i, name in ipairs(self.system and self.system.found.passed_over or {}) do passed_over[i] = name end
  return servers, passed_over
end

--- Lets go of sockets at once, not when the garbage is collected; the resolver is of no use afterwards.
function Resolver:close()
  self.closed = true
  self.transport:close()
end

return M
