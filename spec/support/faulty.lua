--- A transport over a zone in which one question has no good answer, and the list of all questions that come: for tests of what a
-- temporary fault does, wherever it strikes.
local question = require "mailseal.core".dns.question
local zone = require "mailseal.dns.zone"

local M = {}
local Faulty = {}
Faulty.__index = Faulty

--- The kinds of fault, as a zone names them.
M.FAULTS = { "timeout", "servfail", "refused", "notimp", "formerr", "truncated", "lame", "bogus" }

--- Makes the transport.
-- @tparam table source a zone as `mailseal.dns.zone` takes it
-- @treturn table `asked`: a list of the questions that came, each once
function M.new(source)
  return setmetatable({ servers = { false }, tries = 1, zone = assert(zone.new(source)), asked = {}, seen = {} }, Faulty)
end

--- Lets a question fail from now on.
-- @tparam string key one of those asked
-- @tparam string fault one of `FAULTS`
function Faulty:fail(key, fault)
  self.failing, self.fault = key, fault
end

-- A question in words. A name that nobody has thought of, as is asked to see whether a wildcard answers, is another one each time.
local function key_of(query, server)
  local name, type, checking_disabled, recursive = question(query)
  local label, rest = name:match "^(%x+)(%..*)$"
  if label and (#label == 8 or #label == 16 or #label == 32) then
    name = "<any>" .. rest
  end
  local whom = recursive and "of a resolver" or "of " .. tostring(server)
  return ("%s %s %s%s"):format(name, type, whom, checking_disabled and ", unchecked" or "")
end

--- Answers.
-- @tparam string query
-- @tparam[opt] string server
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string a code
function Faulty:exchange(query, server)
  local key = key_of(query, server)
  if not self.seen[key] then
    self.seen[key] = true
    self.asked[#self.asked + 1] = key
  end
  -- Bogus is what a resolver finds that validates, and nobody else.
  if key == self.failing and (self.fault ~= "bogus" or key:find "of a resolver$") then
    return assert(zone.new { [(question(query))] = { { error = self.fault } } }):exchange(query, server)
  end
  return self.zone:exchange(query, server)
end

--- Nothing is to be closed.
function Faulty:close() end

return M
