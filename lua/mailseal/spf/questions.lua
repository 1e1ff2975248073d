--- What one evaluation asks of DNS: each question once, whoever asks, and all within one time (RFC 7208 §4.6.4).
-- @module mailseal.spf.questions
local async = require "mailseal.async"
local no_answer = require "mailseal.dns.answer".none

local M = {}
local Questions = {}
Questions.__index = Questions
Questions.__name = "mailseal.spf.questions"

local NAME_MAX, LABEL_MAX, DOT = 253, 63, (".").byte "."

--- May DNS be asked for this name (RFC 1035 §2.3.4)? Macros may make others.
-- @tparam string name without a dot at its end
-- @treturn boolean
function M.can_ask(name)
  if name == "" or #name > NAME_MAX or name:find("..", 1, true) or name:byte() == DOT or name:byte(-1) == DOT then
    return false
  end
  for label in name:gmatch("[^.]+") do
    if #label > LABEL_MAX then
      return false
    end
  end
  return true
end

--- Makes them for one evaluation.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam number seconds the time for all of them
-- @treturn table its field `problem` is a list of message and code where the resolver could not even be asked
function M.new(resolver, seconds)
  return setmetatable({
    resolver = resolver, moment = async.now() + seconds, answers = {}, problem = false, options = { deadline = seconds },
  }, Questions)
end

-- Asks now.
local function query(self, name, kind)
  local left = self.moment - async.now()
  if left <= 0 then
    return no_answer(name, kind, "timeout")
  end
  self.options.deadline = left
  local answer, message, code = self.resolver:query(name, kind, self.options)
  if not answer then
    self.problem = self.problem or { message, code }
    return no_answer(name, kind, "failed")
  end
  return answer
end

-- What need not be waited for; only some resolvers can tell.
local function known(self, name, kind)
  return self.resolver.known and self.resolver:known(name, kind)
end

--- The answer to a question; waits for it.
-- @tparam string name as `mailseal.dns` spells it
-- @tparam string kind "TXT", "A", …
-- @treturn table see `mailseal.dns.resolver`
function Questions:ask(name, kind)
  local key = kind .. " " .. name
  local answer = self.answers[key]
  if not answer then
    answer = query(self, name, kind)
    self.answers[key] = answer
  end
  return answer
end

--- Asks several questions at once, and waits for all of them; then `ask` knows the answers.
-- @tparam {table,...} list of `{ name, kind }`
function Questions:ask_all(list)
  if not list[2] then
    return list[1] and self:ask(list[1][1], list[1][2])
  end
  local fresh, taken = {}, {}
  for _, question in ipairs(list) do
    local key = question[2] .. " " .. question[1]
    self.answers[key] = self.answers[key] or known(self, question[1], question[2])
    if not self.answers[key] and not taken[key] then
      fresh[#fresh + 1], taken[key] = question, true
    end
  end
  local resolver = self.resolver
  if #fresh == 1 or resolver.ready and not resolver:ready() then -- where nothing waits, there may be no tasks either
    for _, question in ipairs(fresh) do
      self:ask(question[1], question[2])
    end
  elseif #fresh > 1 then
    async.each(fresh, function(question)
      return self:ask(question[1], question[2])
    end)
  end
end

return M
