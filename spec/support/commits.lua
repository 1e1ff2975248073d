--- The moments before and behind each commit of a database, for tests of what dies there.
local M = {}

--- Has a function called right before each change is committed, and right after it was.
-- @tparam table db of mailseal.store
-- @tparam function moment
function M.around(db, moment)
  local write = db.write
  function db.write(self, work, whose)
    local function results(...)
      moment()
      return ...
    end
    return results(write(self, function(tx)
      local function kept(...)
        moment()
        return ...
      end
      return kept(work(tx))
    end, whose))
  end
end

return M
