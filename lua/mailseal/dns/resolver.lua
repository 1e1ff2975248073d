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
--   (both in hexadecimal); CAA `flags`, `tag`, `value`; any other type `data`, octets.
-- - `text`: for TXT and SPF, by record, its strings joined without a space.
-- - `chain`: the targets of the CNAMEs that led from `name` to the records.
-- - `ttl`: seconds that the answer may be kept, of a negative one as RFC 2308 §5 has it; nil where it may not.
-- - `authentic`: the server says that it validated the answer by DNSSEC (AD). Worth as much as the way to it.
-- - `extended_errors`: a list of `{ code =, text = }` (RFC 8914).
-- - `rcode`: the reply's; nil where there is none.
-- - `reason`: of a temporary status, a word for why: `timeout`, `unreachable`, `tcp_failed`, `cname_loop`,
--   `cname_chain_too_long`, `bad_message`, `wrong_question`, `dnssec_bogus`; nil where the server gave none.
-- - `server`: who answered; nil over a zone.
-- @module mailseal.dns.resolver
local async = require "mailseal.async"
local core = require "mailseal.core".dns

local encode, decode, now = core.encode, core.decode, async.now

local M = {}
local Resolver = {}
Resolver.__index = Resolver
Resolver.__name = "mailseal.dns.resolver"

local TIMEOUT, TRIES, CHAIN_MAX = 2, 2, 8
local FORMERR, SERVFAIL, NOTIMP, BADVERS = 1, 2, 4, 16

-- Statuses that another server may yet turn into an answer, the more telling the greater.
local temporary = { timeout = 1, refused = 2, servfail = 3, bogus = 4 }

--- Makes a resolver upon a transport.
-- @tparam table transport see `mailseal.dns.cares`
-- @tparam[opt] table options `timeout`, `tries`, `deadline`: see `mailseal.dns`
-- @treturn table the resolver
function M.new(transport, options)
  options = options or {}
  local timeout, tries = options.timeout or TIMEOUT, options.tries or transport.tries or TRIES
  return setmetatable({
    transport = transport,
    timeout = timeout,
    tries = tries,
    deadline = options.deadline or timeout * tries * #transport.servers,
  }, Resolver)
end

local function no_answer(name, kind, reason)
  return {
    status = "timeout", reason = reason, name = name, type = kind, authentic = false,
    records = {}, text = {}, chain = {}, extended_errors = {},
  }
end

-- Asks one server once. Always an answer.
local function ask_server(self, question, query, server, seconds)
  local reply, _, code = self.transport:exchange(query, server, seconds)
  if not reply then return no_answer(question.name, question.type, code) end
  local answer
  answer, _, code = decode(reply, question.name, question.type)
  if not answer then
    answer = no_answer(question.name, question.type, code)
    answer.status = "servfail"
  end
  answer.server = server or nil
  return answer
end

-- Does the server choke on EDNS (RFC 6891 §7)?
local function dislikes_edns(answer)
  return answer.rcode == FORMERR or answer.rcode == NOTIMP or answer.rcode == BADVERS
end

-- The same question with one option more.
local function question_with(question, option)
  local options = { [option] = true }
  for name, value in pairs(question.options or {}) do options[name] = value end
  return { name = question.name, type = question.type, options = options }
end

local function encode_question(question)
  return (encode(question.name, question.type, question.options))
end

local function plain_query(question)
  return encode_question(question_with(question, "no_edns"))
end

-- Asks one server, and again without EDNS where that is what it dislikes. There must be time left.
local function ask_patiently(self, question, query, server, deadline)
  local timeout = self.timeout
  local answer = ask_server(self, question, query, server, math.min(deadline - now(), timeout))
  local left = deadline - now()
  if not dislikes_edns(answer) or left <= 0 then return answer end
  return ask_server(self, question, plain_query(question), server, math.min(left, timeout))
end

-- Did validation fail? A validating server says no more than SERVFAIL (RFC 4035 §5.5), and has an answer for those who
-- want it unvalidated (CD, §3.2.2). What a name server knows itself it does not validate.
local function check_bogus(self, question, answer, server, deadline)
  local options = question.options or {}
  if answer.status ~= "servfail" or answer.rcode ~= SERVFAIL or options.checking_disabled or options.no_recursion
    or deadline <= now() then
    return answer
  end
  local unchecked = question_with(question, "checking_disabled")
  local found = ask_patiently(self, unchecked, encode_question(unchecked), server, deadline)
  if not temporary[found.status] then answer.status, answer.reason = "bogus", "dnssec_bogus" end
  return answer
end

-- Goes through the servers until one gives a definitive answer, the tries are used up, or the time is.
local function ask(self, question, query, deadline)
  local servers, best, best_server = self.transport.servers, nil, nil
  for try = 1, self.tries do
    for i = 1, #servers do
      if deadline <= now() then return best or no_answer(question.name, question.type, "timeout") end
      -- Who kept silent may be one that drops what has EDNS.
      local sent = try > 1 and best.status == "timeout" and plain_query(question) or query
      local answer = ask_patiently(self, question, sent, servers[i], deadline)
      local rank = temporary[answer.status]
      if not rank then return answer end
      if not best or rank > temporary[best.status] then best, best_server = answer, servers[i] end
    end
  end
  return check_bogus(self, question, best, best_server, deadline)
end

-- Appends the chain of `next` to that of `answer`, its own first link being already there; says what is wrong with it.
local function join_chains(answer, next)
  local seen = { [answer.name] = true }
  for _, target in ipairs(answer.chain) do seen[target] = true end
  for _, target in ipairs(next.chain) do
    if seen[target] then return "cname_loop" end
    seen[target] = true
    answer.chain[#answer.chain + 1] = target
  end
  return #answer.chain > CHAIN_MAX and "cname_chain_too_long" or nil
end

-- An authoritative server knows only its own part of a chain: asks for the rest.
local function complete(self, question, answer, deadline)
  while answer.incomplete do
    local target = answer.chain[#answer.chain]
    local further = { name = target, type = question.type, options = question.options }
    local rest = ask(self, further, encode_question(further), deadline)
    local wrong = join_chains(answer, rest)
    if wrong then
      rest = no_answer(question.name, question.type, wrong)
      rest.status = "servfail"
    end
    rest.chain, rest.name = answer.chain, question.name
    if rest.ttl and answer.ttl then rest.ttl = math.min(rest.ttl, answer.ttl) end
    rest.authentic = rest.authentic and answer.authentic
    answer = rest
  end
  return answer
end

-- Raises, in the name of the public method's caller, where the resolver is closed.
local function check_open(self)
  if self.closed then error("the resolver is closed", 3) end
end

local function are_strings(a, b) return type(a) == "string" and type(b) == "string" end

--- Asks for the records of a type at a name.
-- In a task of `mailseal.async` other tasks go on meanwhile; elsewhere the call waits in place.
-- @tparam string name in ASCII (an A-label where it is international), with or without the dot at its end
-- @tparam string type "TXT", "MX", …, or "TYPE65" for one that has no name here
-- @tparam[opt] table options `dnssec_ok`: ask for signatures (DO); `checking_disabled`: for what does not validate, too
--   (CD); `no_recursion`: ask an authoritative server what it knows itself
-- @treturn ?table the answer, whatever DNS said or did not say; nil for misuse alone
-- @treturn ?string what is wrong with the name or the type
-- @treturn ?string `bad_name` or `bad_type`
-- @raise where name or type is no string, or the resolver is closed
function Resolver:query(name, type, options)
  check_open(self)
  if not are_strings(name, type) then error("resolver:query wants a name and a type", 2) end
  local query, canonical, kind = encode(name, type, options)
  if not query then return nil, canonical, kind end
  local question = { name = canonical, type = kind, options = options }
  local deadline = now() + self.deadline
  local answer = ask(self, question, query, deadline)
  if answer.incomplete then return complete(self, question, answer, deadline) end
  return answer
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

--- Lets go of sockets at once, not when the garbage is collected; the resolver is of no use afterwards.
function Resolver:close()
  self.closed = true
  self.transport:close()
end

return M
