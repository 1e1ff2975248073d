--- Asks a transport's servers until one of them knows: tries, failover, EDNS and what stands behind a SERVFAIL.
-- What an answer is, `mailseal.dns.resolver` says.
-- @module mailseal.dns.ask
local answers = require "mailseal.dns.answer"
local async = require "mailseal.async"
local core = require "mailseal.core".dns
local health = require "mailseal.dns.health"

local encode, decode, min = core.encode, core.decode, math.min

local M = {}
local Asker = {}
Asker.__index = Asker
Asker.__name = "mailseal.dns.ask"

local TIMEOUT, TRIES, CHAIN_MAX = 2, 2, 8
local FORMERR, SERVFAIL, NOTIMP, BADVERS = 1, 2, 4, 16

local no_answer, temporary = answers.none, answers.temporary

--- Makes what asks by a transport.
-- @tparam table transport see `mailseal.dns.cares`
-- @tparam[opt] table options `timeout`, `tries`, `deadline`, `rotate`, `observe`: see `mailseal.dns`; `clock`: what to take for
--   `async.now`
-- @treturn table
function M.new(transport, options)
  options = options or {}
  local timeout, tries = options.timeout or TIMEOUT, options.tries or transport.tries or TRIES
  local clock = options.clock or async.now
  return setmetatable({
    transport = transport,
    clock = clock,
    observe = options.observe,
    timeout = timeout,
    tries = tries,
    deadline = options.deadline or timeout * tries * #transport.servers,
    health = health.new(transport.servers, clock, options.rotate),
  }, Asker)
end

-- Asks by a transport that knows of octets only: an answer; or nil, a message and a code.
local function exchange(transport, question, query, server, seconds, deadline)
  local reply, message, code = transport:exchange(query, server, seconds, deadline)
  if not reply then return nil, message, code end
  return decode(reply, question.name, question.type)
end

-- Asks one server once, for as long as a try may take. Always an answer.
local function ask_server(self, question, query, server, deadline, moment)
  local transport, seconds = self.transport, min(deadline - moment, self.timeout)
  local answer, _, code
  if transport.ask then
    answer, _, code = transport:ask(query, server, seconds, deadline)
  else
    answer, _, code = exchange(transport, question, query, server, seconds, deadline)
  end
  if answer then
    self.health:replied(server)
    answer.server = server or nil
    return answer
  end
  answer = no_answer(question.name, question.type, code)
  if code == "bad_message" then
    self.health:replied(server)
    answer.status, answer.server = "servfail", server or nil
  elseif code == "unreachable" or code == "timeout" and seconds == self.timeout then
    -- Who was given less than a try's time may have been about to reply.
    self.health:silent(server)
  end
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

-- Asks the server that gave an answer again without EDNS, where that is what it dislikes and there is time left.
local function without_edns(self, question, answer, server, deadline)
  if not dislikes_edns(answer) then return answer end
  local moment = self.clock()
  if deadline <= moment then return answer end
  return ask_server(self, question, plain_query(question), server, deadline, moment)
end

-- Asks a server a question past what has been said before, without EDNS where that is what it dislikes. Always an answer.
local function ask_once_more(self, question, server, deadline)
  local moment = self.clock()
  if deadline <= moment then return no_answer(question.name, question.type, "timeout") end
  local answer = ask_server(self, question, encode_question(question), server, deadline, moment)
  return without_edns(self, question, answer, server, deadline)
end

-- Did validation fail? A validating server says no more than SERVFAIL (RFC 4035 §5.5), and has an answer for those who
-- want it unvalidated (CD, §3.2.2). So has one that was ill for a moment: hence the question is put to it as before once more.
-- What a name server knows itself it does not validate.
local function check_bogus(self, question, answer, server, deadline)
  local options = question.options or {}
  if answer.status ~= "servfail" or answer.rcode ~= SERVFAIL or options.checking_disabled or options.no_recursion then
    return answer
  end
  local found = ask_once_more(self, question_with(question, "checking_disabled"), server, deadline)
  if temporary[found.status] then return answer end
  found = ask_once_more(self, question, server, deadline)
  if not temporary[found.status] or found.status == "bogus" then return found end
  if found.rcode == SERVFAIL then answer.status, answer.reason = "bogus", "dnssec_bogus" end
  return answer
end

-- Goes through the servers until one gives a definitive answer, the tries are used up, or the time is. `answer` is what the
-- first server has said at the first try.
local function go_through(self, question, query, servers, deadline, answer)
  local best, best_server
  for try = 1, self.tries do
    for i = 1, #servers do
      if not answer then
        local moment = self.clock()
        if deadline <= moment then return best end
        -- Who kept silent may be one that drops what has EDNS.
        local sent = try > 1 and best.status == "timeout" and plain_query(question) or query
        answer = ask_server(self, question, sent, servers[i], deadline, moment)
      end
      answer = without_edns(self, question, answer, servers[i], deadline)
      local rank = temporary[answer.status]
      if not rank then return answer end
      if not best or rank > temporary[best.status] then best, best_server = answer, servers[i] end
      answer = nil
    end
  end
  return check_bogus(self, question, best, best_server, deadline)
end

-- Asks the servers until one knows. Most queries end with the first reply: while one waits for that, this and little else is
-- on its stack, which counts where thousands wait.
local function ask(self, question, query, servers, deadline, moment)
  if deadline <= moment then return no_answer(question.name, question.type, "timeout") end
  local answer = ask_server(self, question, query, servers[1], deadline, moment)
  if temporary[answer.status] then return go_through(self, question, query, servers, deadline, answer) end
  return answer
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
    local rest = ask(self, further, encode_question(further), self.health:order(), deadline, self.clock())
    local wrong = join_chains(answer, rest)
    if wrong then rest = no_answer(question.name, question.type, wrong, "servfail") end
    rest.chain, rest.name = answer.chain, question.name
    rest.dangling = rest.status == "nxdomain" or nil
    if rest.ttl and answer.ttl then rest.ttl = math.min(rest.ttl, answer.ttl) end
    rest.authentic = rest.authentic and answer.authentic
    rest.authoritative = rest.authoritative and answer.authoritative
    answer = rest
  end
  return answer
end

local function ask_to_the_end(self, question, query, servers, deadline)
  local moment = self.clock()
  deadline = deadline or moment + self.deadline
  local answer = ask(self, question, query, servers or self.health:order(), deadline, moment)
  if answer.incomplete and not question.partial then return complete(self, question, answer, deadline) end
  return answer
end

--- Asks, and follows a chain of CNAMEs that leaves what one server knows.
-- @tparam table question `name`, `type`, as `encode` spells them, and `options`, see `mailseal.dns.resolver`; `partial`: leave
--   a chain where the server's knowledge ends, the answer being `incomplete` there
-- @tparam string query the question encoded
-- @tparam[opt] table servers whom to ask, in this order, in place of the transport's own
-- @tparam[opt] number deadline the moment (by the clock) at which it ends in any case
-- @treturn table the answer
function Asker:ask(question, query, servers, deadline)
  local observe = self.observe
  if not observe then return ask_to_the_end(self, question, query, servers, deadline) end
  local began = self.clock()
  local answer = ask_to_the_end(self, question, query, servers, deadline)
  observe(answer, self.clock() - began)
  return answer
end

return M
