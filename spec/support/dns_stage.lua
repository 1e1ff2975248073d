--- A transport for tests on a stage: over a zone that can be changed, with its queries counted and, on request, held back.
local async = require "mailseal.async"
local zone = require "mailseal.dns.zone"

local M = {}
local Stage = {}
Stage.__index = Stage

--- Makes the transport.
-- @tparam string text a zone file's
-- @treturn table `servers`; `asked`, how many queries came; `held`, the tasks whose queries are held back; `holds`: hold further ones
function M.new(text)
  return setmetatable({ servers = { false }, tries = 1, asked = 0, held = {} }, Stage):publish(text)
end

--- Changes the zone.
-- @tparam string text a zone file's
-- @treturn table the transport
function Stage:publish(text)
  self.zone = assert(zone.read(text))
  return self
end

--- Answers by the zone as it is when the question comes, however late the answer.
-- @tparam string query
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string a code
function Stage:exchange(query)
  self.asked = self.asked + 1
  local asked = self.zone
  if self.holds then
    local number = #self.held + 1
    self.held[number] = async.task()
    local problem = async.suspend()
    if problem then error(problem, 0) end
  end
  return asked:exchange(query)
end

--- Lets a query that is held back go on.
-- @tparam number number the how manieth of those that were held back
-- @tparam[opt] any problem what it raises
function Stage:release(number, problem) async.wake(self.held[number], problem) end

function Stage:close() self.closed = true end

--- Runs functions as tasks side by side, each until it waits, in their order.
-- @treturn table what each returned
-- @treturn table by place, what some of them raised
function M.side_by_side(...)
  return async.map({ ... }, select("#", ...), function(fn) return fn() end)
end

return M
