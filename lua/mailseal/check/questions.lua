--- A resolver that asks each question once: whoever asks again within a check has the answer that is there, or waits for it.
-- @module mailseal.check.questions
local async = require "mailseal.async"
local canonical = require "mailseal.dns.name".canonical
local shared = require "mailseal.check.shared"

local M = {}

local function flags_of(options)
  return (options.dnssec_ok and " D" or "") .. (options.checking_disabled and " C" or "") .. (options.no_edns and " E" or "")
end

local UNCACHED = { uncached = true }

-- The options of a query for a name of the domain's own, which nobody will ask for in the next check.
local function uncached(options)
  if not options then
    return UNCACHED
  end
  local all = { uncached = true }
  for name, value in pairs(options) do
    all[name] = value
  end
  return all
end

-- Is it the domain, or below it, or where others let reports about it come to them (RFC 9989 §11.6)?
local function is_own(self, name)
  return name == self.own or name:find(self.below, -#self.below, true) ~= nil or name:find(self.reports, 1, true) == 1
end

local function key_of(name, type, options)
  return type .. " " .. canonical(name) .. (options and flags_of(options) or "")
end

-- What need not be waited for: it was asked for in this check already, or the resolver's cache has it. Else nil.
local function look_up(self, key, name, type, options)
  if self.asked[key] or self.own and is_own(self, name) then
    return shared.get(self.asked, key)
  end
  local answer = self.behind:known(canonical(name), type, options)
  return answer and shared.set(self.asked, key, answer)
end

-- Is an answer asked for that not every question of its kind is to have?
local function is_particular(options)
  return options and (options.no_recursion or options.fresh) or false
end

local function known(self, name, type, options)
  local found = not is_particular(options) and look_up(self, key_of(name, type, options), name, type, options)
  return found and not found.refused and found or nil
end

-- The answer, or what the resolver returned in place of one.
local function ask(self, name, type, options)
  if self.own and is_own(self, name) then
    options = uncached(options)
  end
  local answer, message, code = self.behind:query(name, type, options)
  return answer or { refused = { message, code } }
end

-- What is memorised was asked in this check, and so is fresh unless it came from a cache that is older.
local function query(self, name, type, options)
  if options and options.no_recursion then
    return self.behind:query(name, type, options)
  end
  local key = key_of(name, type, options)
  local found = look_up(self, key, name, type, options) or shared.once(self.asked, key, ask, self, name, type, options)
  if options and options.fresh and found.from_cache then
    found = shared.once(self.asked, key .. " fresh", ask, self, name, type, options)
  end
  if found.refused then
    return nil, found.refused[1], found.refused[2]
  end
  return found
end

-- Asks side by side: all but the last in tasks of their own, those that need not be waited for in none.
local function ask_all(self, questions)
  local list, tasks, last = {}, {}, nil
  for i, question in ipairs(questions) do
    list[i] = known(self, question[1], question[2], question[3])
    if not list[i] then
      if last then
        local before = questions[last]
        tasks[last] = async.start(query, self, before[1], before[2], before[3])
      end
      last = i
    end
  end
  if last then
    list[last] = self:query(questions[last][1], questions[last][2], questions[last][3]) or false
  end
  for i, task in pairs(tasks) do
    list[i] = task:join() or false
  end
  return list
end

local function query_all(self, names, type, options)
  local questions = {}
  for i, name in ipairs(names) do
    questions[i] = { name, type, options }
  end
  return ask_all(self, questions)
end

--- Puts such a resolver before another one.
-- @tparam table resolver as `mailseal.dns` makes it
-- @tparam ?string own a domain whose own names are not to be kept in that resolver's cache
-- @treturn table has the methods of the other, and `ask_all({ { name, type, options }, … })`, which returns the answers by the
--   questions' places, false where the name is none that can be asked for
function M.new(resolver, own)
  return setmetatable({
    behind = resolver, own = own, below = own and "." .. own, reports = own and own .. "._report._dmarc.", asked = shared.new(),
    query = query, query_all = query_all, ask_all = ask_all, known = known,
  }, { __index = resolver })
end

return M
