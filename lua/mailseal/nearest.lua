--- Words that are almost the one that somebody asked for.
-- @module mailseal.nearest
local M = {}

local MOST = 5

-- Octets; nobody's id is longer.
local LONGEST = 100

-- How many characters must be added, removed or replaced to make one word of the other (Levenshtein).
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(row[j] + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
      diagonal, row[j] = row[j], best
    end
  end
  return row[#b]
end

--- The words nearest to one that is none of them: those that it is a part of, and those that it is a misspelling of.
-- @tparam {string,...} words
-- @tparam string wanted
-- @treturn {string,...} five at most, the nearest first, then in their order
function M.words(words, wanted)
  local list, nearest = {}, {}
  for place, word in ipairs(#wanted <= LONGEST and words or {}) do
    local contained = wanted ~= "" and word:find(wanted, 1, true)
    local far = contained and 0 or distance(wanted, word)
    if far <= math.max(2, #wanted / 3) then
      list[#list + 1] = { word = word, far = far, place = place }
    end
  end
  table.sort(list, function(a, b)
    if a.far ~= b.far then
      return a.far < b.far
    end
    return a.place < b.place
  end)
  for i = 1, math.min(MOST, #list) do
    nearest[i] = list[i].word
  end
  return nearest
end

return M
