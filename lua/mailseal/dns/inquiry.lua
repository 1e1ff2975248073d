--- Several queries of a resolver to one end, one after the other and side by side, within one time for all of them.
--
-- When that time is over, or the resolver is closed meanwhile, what is still asked gets at once the answer that a query under way
-- gets then: temporary, with the reason `timeout` or `closed`.
-- @module mailseal.dns.inquiry
local no_answer = require "mailseal.dns.answer".none

local M = {}
local Inquiry = {}
Inquiry.__index = Inquiry
Inquiry.__name = "mailseal.dns.inquiry"

--- Begins an inquiry.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam[opt] table options for each query, as of `resolver:query`, but for `deadline`: the seconds for all
-- @tparam number steps where no `deadline` is given: for how many queries, one after the other, there is to be time
-- @treturn table
function M.new(resolver, options, steps)
  options = options or {}
  local asker = resolver.asker
  return setmetatable({
    resolver = resolver, now = asker.clock, given = options, each = options.deadline or asker.deadline,
    moment = asker.clock() + (options.deadline or steps * asker.deadline),
  }, Inquiry)
end

--- Why nothing more is asked, if so.
-- @treturn ?string `timeout` or `closed`
function Inquiry:over()
  if self.resolver.closed then return "closed" end
  return self.now() >= self.moment and "timeout" or nil
end

-- The options of the next query, within the time that is left.
local function options_of(self, more)
  local options = {}
  for name, value in pairs(self.given) do options[name] = value end
  for name, value in pairs(more or {}) do options[name] = value end
  options.deadline = math.min(self.each, self.moment - self.now())
  return options
end

--- Asks, as the resolver's own method of this name does, within the time that is left.
-- @tparam string name as answers spell it
-- @tparam string type likewise
-- @tparam[opt] table more options that this query has beside those of all
-- @treturn table the answer
-- @treturn ?string as of `resolver:query`, the answer being nil
-- @treturn ?string likewise
function Inquiry:query(name, type, more)
  local over = self:over()
  if over then return no_answer(name, type, over) end
  local options = options_of(self, more)
  if options.deadline <= 0 then return no_answer(name, type, "timeout") end
  return self.resolver:query(name, type, options)
end

return M
