--- Waits until something holds, which is to be soon, however loaded the machine is.
--
--     local reply = await("it is served again", function() return service:get("/").status == 200 end)
local async = require "mailseal.async"

local PATIENCE, OFTEN = 30, 0.05 -- seconds

--- @tparam string what it is waited for
-- @tparam function fn returns something that is true when it holds
-- @tparam[opt] function tell returns what else is to be told where it does not come about: a log
-- @treturn any that
-- @raise where it does not come about
return function(what, fn, tell)
  local ends = async.now() + PATIENCE
  repeat
    local value = fn()
    if value then return value end
    async.sleep(OFTEN)
  until async.now() > ends
  error(("waited in vain until %s\n%s"):format(what, tell and tell() or ""), 2)
end
