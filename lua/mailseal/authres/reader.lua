--- Reads an Authentication-Results field (RFC 8601 §2.2); `mailseal.authres` is the face.
--
-- A reader is a text and a position, which walks it once. What is malformed is thrown as a table with the words for it,
-- and caught in @{read} alone.
--
-- @module mailseal.authres.reader

local M = {}

local DEEPEST_COMMENT = 50

-- RFC 2045 §5.1 token, and UTF-8 (RFC 6532), as a set.
local TOKEN = "[%w!#$%%&'*+%-.^_`{|}~\128-\255]"

local function new_reader(text)
  return { text = text, position = 1, comments = {} }
end

local function fail(reader, what)
  error({ malformed = ("%s at octet %d"):format(what, reader.position) }, 0)
end

-- Takes what matches the pattern, if that stands here.
local function take(reader, pattern)
  local first, last = reader.text:find("^" .. pattern, reader.position)
  if not first or last < first then
    return nil
  end
  reader.position = last + 1
  return reader.text:sub(first, last)
end

local function at_end(reader)
  return reader.position > #reader.text
end

-- Behind an opening parenthesis; keeps what stands in it (RFC 5322 §3.2.2).
local function read_comment(reader)
  local start, depth = reader.position, 1
  while depth > 0 do
    local at = reader.text:find("[()\\]", reader.position)
    if not at then
      fail(reader, "a comment without end")
    end
    local octet = reader.text:sub(at, at)
    reader.position = at + (octet == "\\" and 2 or 1)
    depth = depth + (octet == "(" and 1 or octet == ")" and -1 or 0)
    if depth > DEEPEST_COMMENT then
      fail(reader, "comments nested too deeply")
    end
  end
  reader.comments[#reader.comments + 1] = (reader.text:sub(start, reader.position - 2):gsub("\\(.)", "%1"))
end

-- Comments and white space.
local function skip(reader)
  repeat
    take(reader, "[ \t]+")
    local opened = take(reader, "%(")
    if opened then
      read_comment(reader)
    end
  until not opened
end

-- The quoted string that starts here, with its quotes, or nil.
local function take_quoted(reader)
  local start = reader.position
  if not take(reader, '"') then
    return nil
  end
  while true do
    local at = reader.text:find('["\\]', reader.position)
    if not at then
      fail(reader, "a quoted string without end")
    end
    if reader.text:sub(at, at) == '"' then
      reader.position = at + 1
      return reader.text:sub(start, at)
    end
    reader.position = at + 2
  end
end

local function unquoted(text)
  return (text:sub(2, -2):gsub("\\(.)", "%1"))
end

-- A token or a quoted string (RFC 2045 §5.1).
local function read_value(reader, what)
  local text = take_quoted(reader)
  if text then
    return unquoted(text)
  end
  return take(reader, TOKEN .. "+") or fail(reader, "no " .. what)
end

-- What stands for a property: an address, a token, a quoted string, and, for many write so, what else holds no white space.
local function read_property_value(reader)
  local text = take_quoted(reader)
  if not text then
    return take(reader, '[^ \t;()"]+') or fail(reader, "no value of a property")
  end
  local rest = take(reader, "@[%w._\128-\255-]+")
  return rest and text .. rest or unquoted(text)
end

local function read_keyword(reader, what)
  local word = take(reader, "[%w_-]+") or fail(reader, "no " .. what)
  return word:lower()
end

local function read_equals(reader)
  skip(reader)
  if not take(reader, "=") then
    fail(reader, "no equals sign")
  end
  skip(reader)
end

-- A reason, or "ptype.property=value"; the value of a property that comes twice is the first one.
local function read_detail(reader, result)
  local name = read_keyword(reader, "name of a property")
  skip(reader)
  if take(reader, "%.") then
    skip(reader)
    name = name .. "." .. read_keyword(reader, "name of a property")
  end
  read_equals(reader)
  if name == "reason" then
    local reason = read_value(reader, "reason")
    result.reason = result.reason or reason
  else
    local value = read_property_value(reader)
    result.properties[name] = result.properties[name] or value
  end
end

-- Behind a semicolon: one method's result with all that belongs to it.
local function read_result(reader)
  local result = { properties = {}, comments = {} }
  reader.comments = result.comments
  skip(reader)
  result.method = read_keyword(reader, "method")
  skip(reader)
  if take(reader, "/") then
    skip(reader)
    result.method_version = tonumber(take(reader, "%d+")) or fail(reader, "no version of the method")
  end
  read_equals(reader)
  result.result = read_keyword(reader, "result")
  skip(reader)
  while not at_end(reader) and reader.text:sub(reader.position, reader.position) ~= ";" do
    read_detail(reader, result)
    skip(reader)
  end
  return result
end

-- All results, or none where "none" stands in their place. One semicolon too many at the end is forgiven.
local function read_results(reader)
  local results = {}
  while take(reader, ";") do
    skip(reader)
    local word = reader.text:match("^[%w_-]+", reader.position)
    if #results == 0 and word and word:lower() == "none" then
      reader.position = reader.position + #word
      skip(reader)
      if at_end(reader) then
        return results
      end
      fail(reader, "something behind none")
    end
    if at_end(reader) and #results > 0 then
      return results
    end
    results[#results + 1] = read_result(reader)
  end
  if not at_end(reader) or #results == 0 then
    fail(reader, "no result")
  end
  return results
end

local function read_payload(reader)
  skip(reader)
  local parsed = { authserv_id = read_value(reader, "authserv-id") }
  skip(reader)
  parsed.version = tonumber(take(reader, "%d+") or 1)
  skip(reader)
  reader.head = parsed
  parsed.results = read_results(reader)
  return parsed
end

-- The value in one line, or nil where it holds what no value may.
local function unfold(text)
  text = text:gsub("\r\n$", ""):gsub("\r\n([ \t])", "%1")
  return not text:find("[^%C\t]") and text or nil
end

--- Reads a field's value.
-- @tparam string value what stands behind the colon, folded or not
-- @treturn ?table the parsed field, see `mailseal.authres.parse`; nil where it is malformed
-- @treturn ?string what is wrong
-- @treturn ?table `authserv_id` and `version`, which may be readable where the rest is not
function M.read(value)
  local line = unfold(value)
  if not line then
    return nil, "a control character, or a line that is no continuation"
  end
  local reader = new_reader(line)
  local fine, parsed = pcall(read_payload, reader)
  if fine then
    return parsed, nil, parsed
  elseif type(parsed) ~= "table" then
    error(parsed, 0)
  end
  return nil, parsed.malformed, reader.head
end

return M
