--- Does a name or a text have a known form? Patterns that are matched in linear time, whoever wrote them.
--
-- A pattern is one of Lua's (§6.4.1 of its manual) that stands for the whole text: octets, classes (`%d`, `%l`, `.`), sets
-- (`[%w-]`), each of them once, or by `*`, `+`, `-` and `?` more or less often. `^` at its beginning and `$` at its end may be left out.
-- There are no captures, `%b` and `%f`. Lua's own matcher goes back and tries again, and takes hours for a short pattern that somebody
-- made for that; this one goes through the text once, with all that may come next in mind.
-- @module mailseal.pattern
local M = {}

--- The most octets of a pattern.
M.LONGEST = 500

-- The octets that one item of a pattern stands for.
local function octets_of(item)
  local set, whole = {}, "^" .. item .. "$"
  for octet = 0, 255 do
    set[octet] = string.char(octet):find(whole) ~= nil
  end
  return set
end

-- The end of the item that begins at a place; nil and what is wrong where there is none.
local function end_of_item(pattern, at)
  local first = pattern:sub(at, at)
  if first == "%" then
    local escaped = pattern:sub(at + 1, at + 1)
    if escaped == "" or escaped:find "[bf%d]" then
      return nil, ("has a %%%s, which a pattern here does not have"):format(escaped)
    end
    return at + 1
  elseif first == "[" then
    local inside = pattern:sub(at + 1, at + 1) == "^" and at + 2 or at + 1
    local stop = inside
    repeat -- a "]" that stands first is one of the set
      stop = pattern:sub(stop, stop) == "%" and stop + 2 or stop + 1
    until stop > #pattern or pattern:sub(stop, stop) == "]"
    if stop > #pattern then
      return nil, "has a [ without its ]"
    end
    return stop
  elseif first:find "[()]" then
    return nil, "has a parenthesis; one that is meant itself is written %( or %)"
  elseif first:find "[*+?-]" then
    return nil, ("has a %s that nothing stands before"):format(first)
  end
  return at
end

-- The items of a pattern, each with `octets`, `once` (it must come) and `again` (it may come again).
local function items_of(pattern)
  local items, at, known = {}, 1, {}
  while at <= #pattern do
    local last, problem = end_of_item(pattern, at)
    if not last then
      return nil, problem
    end
    local text = pattern:sub(at, last)
    local often = pattern:match("^[*+?-]", last + 1) or ""
    known[text] = known[text] or octets_of(text)
    items[#items + 1] = { octets = known[text], once = often == "" or often == "+", again = often:find "[*+-]" ~= nil }
    at = last + 1 + #often
  end
  return items
end

-- Adds the place before an item, and those behind it where it need not come.
local function add(items, places, list, place)
  while not places[place] do
    list[#list + 1], places[place] = place, true
    local item = items[place]
    if not item or item.once then
      return
    end
    place = place + 1
  end
end

-- What may come next, as a state: its `list` of places, `final` where the text may end there, and by octet the state behind that one
-- (false where there is none), each as it is asked for. Of a pattern so many states are kept, each once; those of more are made anew.
local STATES_MOST = 100

local function state_of(machine, places, list)
  table.sort(list)
  local key = table.concat(list, " ")
  local state = machine.states[key]
  if not state then
    state = { list = list, final = places[#machine.items + 1] or false, kept = machine.count < STATES_MOST }
    if state.kept then
      machine.states[key], machine.count = state, machine.count + 1
    end
  end
  return state
end

local function behind(machine, state, octet)
  local items, places, list = machine.items, {}, {}
  for _, place in ipairs(state.list) do
    local item = items[place]
    if item and item.octets[octet] then
      if item.again then
        add(items, places, list, place)
      end
      add(items, places, list, place + 1)
    end
  end
  local following = list[1] ~= nil and state_of(machine, places, list)
  if not following or following.kept then
    state[octet] = following
  end
  return following
end

local function machine_of(items)
  local machine, places, list = { items = items, states = {}, count = 0 }, {}, {}
  add(items, places, list, 1)
  machine.first = state_of(machine, places, list)
  return machine
end

local function matches(machine, text)
  local state = machine.first
  for at = 1, #text do
    local octet = text:byte(at)
    local following = state[octet]
    if following == nil then
      following = behind(machine, state, octet)
    end
    if not following then
      return false
    end
    state = following
  end
  return state.final
end

--- Makes a pattern ready.
-- @tparam string pattern
-- @treturn[1] function called with a text, tells whether the whole of it has that form
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the pattern, to stand behind its name
function M.compile(pattern)
  if #pattern > M.LONGEST then
    return nil, ("has more than %d octets"):format(M.LONGEST)
  end
  local body = pattern:gsub("^%^", "")
  if (body:gsub("%%.", "")):find "%$$" then
    body = body:sub(1, -2)
  end
  local items, problem = items_of(body)
  if not items then
    return nil, problem
  end
  local machine = machine_of(items)
  return function(text) return matches(machine, text) end
end

--- The pattern that a text alone has.
-- @tparam string text
-- @treturn string
function M.escape(text) return (text:gsub("%p", "%%%0")) end

return M
