--- What was read of a record's text, kept: most domains include the same few records.
--
-- What comes out of a text never changes, so that it is kept without regard to time. The records of the latest thousand texts or so
-- are there; a long one is not kept, for nobody who is large has such.
-- @module mailseal.spf.memo
local M = {}

local HALF, LONGEST = 500, 2000

--- Makes a function that remembers what another one returned.
-- @tparam function read called with a text and what follows; returns one value that is only to be read
-- @treturn function the same, faster
function M.of(read)
  local young, old, count = {}, {}, 0
  return function(text, ...)
    local found = young[text]
    if found then
      return found
    end
    found = old[text] or read(text, ...)
    if #text <= LONGEST then
      if count == HALF then
        young, old, count = {}, young, 0
      end
      young[text], count = found, count + 1
    end
    return found
  end
end

return M
