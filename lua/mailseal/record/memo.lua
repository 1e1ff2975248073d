--- What was read of a record's text, kept: most domains include the same few records.
--
-- What comes out of a text never changes, so that it is kept without regard to time. How much is kept goes by the texts' octets, for
-- what is read of them takes memory by their size: a record of one-letter terms some hundred times as much.
-- @module mailseal.record.memo
local M = {}

-- Octets of text: of each of two generations, and of a text that is kept at all, for nobody whom many include has a longer one.
local GENERATION, LONGEST = 50000, 2000

--- Makes a function that remembers what another one returned.
-- @tparam function read called with a text and what follows; returns one value that is only to be read
-- @treturn function the same, faster
function M.of(read)
  local young, old, octets = {}, {}, 0
  return function(text, ...)
    local found = young[text]
    if found then
      return found
    end
    found = old[text] or read(text, ...)
    if #text <= LONGEST then
      if octets + #text > GENERATION then
        young, old, octets = {}, young, 0
      end
      young[text], octets = found, octets + #text
    end
    return found
  end
end

return M
