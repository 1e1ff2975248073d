--- Media types: of what is sent (Content-Type), and of what is wanted (Accept; RFC 9110 §12.5.1).
-- @module mailseal.http.accepts
local M = {}

-- The type without its parameters, in small letters.
local function essence(text)
  return text:match "^%s*([^;%s]*)":lower()
end

--- Is what is sent of one of some types?
-- @tparam ?string content_type the field
-- @tparam {string,...} kinds
-- @treturn boolean
function M.is_one_of(content_type, kinds)
  local sent = essence(content_type or "")
  for _, kind in ipairs(kinds) do
    if sent == kind then
      return true
    end
  end
  return false
end

-- How well a range of Accept fits: the more exact one counts.
local function rank(range, kind)
  if range == kind then
    return 3
  elseif range == kind:match "^[^/]+" .. "/*" then
    return 2
  end
  return range == "*/*" and 1 or nil
end

-- How much a type is wanted: 0, not at all, to 1. A weight that is none is 1, as if it were not there.
local function weight(accept, kind)
  local best, wanted = 0, 0
  for part in accept:gmatch "[^,]+" do
    local found = rank(essence(part), kind)
    if found and found > best then
      best, wanted = found, tonumber(part:match ";%s*[qQ]=([01]%.?%d*)") or 1
    end
  end
  return wanted
end

--- Is one of some types wanted?
-- @tparam ?string accept the field; whoever sends none takes all
-- @tparam {string,...} kinds
-- @treturn ?string the one of them that is wanted most, of several the first; nil where none is
function M.suits(accept, kinds)
  if not accept or accept == "*/*" or not accept:find "%S" then
    return kinds[1]
  end
  local most, chosen = 0, nil
  for _, kind in ipairs(kinds) do
    local wanted = weight(accept, essence(kind))
    if wanted > most then
      most, chosen = wanted, kind
    end
  end
  return chosen
end

return M
