--- Zones in the master file format (RFC 1035 §5.1, RFC 2308 §4 for $TTL), as BIND and Knot DNS read them.
-- $INCLUDE and $GENERATE are refused.
-- @module mailseal.dns.zone_master
local core = require "mailseal.core".dns

local M = {}

-- ---- Tokens.

-- Takes the token at a place that holds neither white space nor a comment nor a parenthesis: what it is without its
-- quotes, and the place behind it. Escapes are left in.
local function take_token(text, at)
  local start = at
  if text:sub(at, at) == '"' then
    at = at + 1
    while true do
      at = text:find('[\\"\n]', at)
      if not at or text:sub(at, at) == "\n" then return nil, "a quote is not closed" end
      if text:sub(at, at) == '"' then return text:sub(start + 1, at - 1), at + 1 end
      at = at + 2
    end
  end
  while true do
    at = text:find('[%s;()"\\]', at)
    if not at then return text:sub(start), #text + 1 end
    if text:sub(at, at) ~= "\\" then return text:sub(start, at - 1), at end
    at = at + 2
  end
end

--- Cuts one record's data in presentation form into tokens.
-- @tparam string text
-- @treturn ?table list of strings, quotes taken off, escapes left in
-- @treturn ?string what is wrong
function M.tokens(text)
  local tokens, at = {}, text:find "%S"
  while at do
    local token, behind = take_token(text, at)
    if not token then return nil, behind end
    if behind == at then return nil, ("a %s has no place there"):format(text:sub(at, at)) end
    tokens[#tokens + 1] = token
    at = text:find("%S", behind)
  end
  return tokens
end

-- ---- Entries: lines, or several of them within parentheses.

-- The number of the line that a place is in. It reads all that stands before: for errors alone.
local function line_of(text, place)
  local _, breaks = text:sub(1, place - 1):gsub("\n", "")
  return 1 + breaks
end

-- Calls `take(tokens, blank)` for each entry; `blank` where it begins with white space. Nil and a message where `take`
-- returns nil and one, or where the text cannot be read.
local function each_entry(text, take)
  local at, start, depth, tokens = 1, 1, 0, {}
  local function wrong(message, place) return nil, ("line %d: %s"):format(line_of(text, place or at), message) end
  while at <= #text + 1 do
    local c = at > #text and "\n" or text:sub(at, at)
    if c == "\n" then
      if depth > 0 and at > #text then return wrong("a parenthesis is not closed", start) end
      if depth == 0 then
        if #tokens > 0 then
          local ok, message = take(tokens, text:find("^[ \t]", start) ~= nil)
          if not ok then return wrong(message, start) end
        end
        tokens, start = {}, at + 1
      end
      at = at + 1
    elseif c == ";" then
      at = text:find("\n", at, true) or #text + 1
    elseif c == "(" or c == ")" then
      depth = depth + (c == "(" and 1 or -1)
      if depth < 0 then return wrong "a parenthesis is not open" end
      at = at + 1
    elseif c:find "%s" then
      at = text:find("[^ \t\r]", at + 1) or #text + 1
    else
      local token, behind = take_token(text, at)
      if not token then return wrong(behind) end
      tokens[#tokens + 1], at = token, behind
    end
  end
  return true
end

-- ---- Records.

local TTL_MOST = 2147483647 -- RFC 2181 §8

-- In floating point, in which no product wraps.
local units = { s = 1.0, m = 60.0, h = 3600.0, d = 86400.0, w = 604800.0 }

-- "3600" or "1h30m" as seconds; nil where it is neither.
local function seconds_of(text)
  if text:find "^%d+$" then return tonumber(text) end
  local sum, behind = 0, 1
  for number, unit, at in text:lower():gmatch "(%d+)([smhdw])()" do
    sum, behind = sum + number * units[unit], at
  end
  if behind == #text + 1 and text:gsub("%d+%a", "") == "" then return sum end
end

-- Takes TTL and class, in either order, off the front of what follows the owner.
local function take_ttl_and_class(tokens, at)
  local ttl, class
  while tokens[at] do
    local seconds = seconds_of(tokens[at])
    if seconds and not ttl then
      ttl = seconds
    elseif tokens[at]:upper():find "^[ICH][NHS]$" and not class then
      class = tokens[at]:upper()
    else
      break
    end
    at = at + 1
  end
  return at, ttl, class
end

-- $ORIGIN and $TTL. True, or nil and what is wrong.
local function take_directive(state, tokens)
  local keyword, value = tokens[1]:upper(), tokens[2]
  if keyword == "$ORIGIN" and value then
    local name, message = core.name(value, state.origin)
    if not name then return nil, message end
    state.origin = name
    return true
  end
  if keyword == "$TTL" and value and seconds_of(value) then
    state.default_ttl = seconds_of(value)
    if state.default_ttl > TTL_MOST then return nil, ("$TTL is at most %d seconds"):format(TTL_MOST) end
    return true
  end
  return nil, tokens[1] .. " is not understood here"
end

local function take_record(state, tokens, blank)
  local at = 1
  if not blank then
    local owner, message = core.name(tokens[1], state.origin)
    if not owner then return nil, message end
    state.owner, at = owner, 2
  end
  if not state.owner then return nil, "the first record has no owner" end
  local ttl, class
  at, ttl, class = take_ttl_and_class(tokens, at)
  if class and class ~= "IN" then return nil, "class " .. class .. " is not understood" end
  if not tokens[at] then return nil, "a record without a type" end
  local number, message = core.type(tokens[at])
  if not number then return nil, tokens[at] .. ": " .. message end
  state.last_ttl = ttl or state.default_ttl or state.last_ttl
  local data = {}
  for i = at + 1, #tokens do data[#data + 1] = tokens[i] end
  return state.take(state.owner, number, data, state.last_ttl, state.origin)
end

--- Reads a zone's text.
-- @tparam string text
-- @tparam function take called for each record with its owner, its type's number, its data as tokens, its TTL in seconds
--   or nil, and the name that relative ones in its data are below; it returns true, or nil and what is wrong
-- @treturn ?boolean true
-- @treturn ?string what is wrong, and in which line
function M.read(text, take)
  local state = { take = take, origin = "." }
  return each_entry(text, function(tokens, blank)
    if tokens[1]:find "^%$" and not blank then return take_directive(state, tokens) end
    return take_record(state, tokens, blank)
  end)
end

return M
