--- What a database refused or could not do, on its way from a statement to whoever opened the transaction.
--
-- A statement raises it, so that no function within a transaction need look after each one; `mailseal.store` catches
-- it, rolls back, and returns it as nil, message, code.
-- @module mailseal.store.failure

local M = {}

local Failure = { __name = "mailseal.store.failure" }
Failure.__index = Failure
Failure.__tostring = function(self) return self.message end

--- A failure.
-- @tparam string code one of those that `mailseal.store` names
-- @tparam string message a sentence for people; holds no value that was to be stored
-- @tparam[opt] table more `again`: the same transaction may well succeed now; `lost`: the connection is gone
-- @treturn table
function M.new(code, message, more)
  local failure = setmetatable({ code = code, message = message }, Failure)
  for name, value in pairs(more or {}) do
    failure[name] = value
  end
  return failure
end

--- Is that a failure of the database, not an error of the program?
-- @tparam any value what was caught
-- @treturn boolean
function M.is(value)
  return getmetatable(value) == Failure
end

return M
