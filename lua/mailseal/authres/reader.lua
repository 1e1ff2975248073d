-- authres/reader.lua: an Authentication-Results field into results (RFC 8601 §2.2).
--
-- A reader walks the text once. What is malformed is thrown as a table with the words for it, and caught in M.read alone.

local M = {}

local DEEPEST_COMMENT = 50

-- RFC 2045 §5.1 token, and UTF-8 (RFC 6532), as a set.
local TOKEN = "[%w!#$%%&'*+%-.^_`{|}~\128-\255]"

local Reader = {}
Reader.__index = Reader

local function new_reader(text)
  return setmetatable({ text = text, position = 1, comments = {} }, Reader)
end

function Reader:fail(what)
  error({ malformed = ("%s at octet %d"):format(what, self.position) }, 0)
end

-- Takes what matches the pattern, if that stands here.
function Reader:take(pattern)
  local first, last = self.text:find("^" .. pattern, self.position)
  if not first or last < first then
    return nil
  end
  self.position = last + 1
  return self.text:sub(first, last)
end

function Reader:at_end()
  return self.position > #self.text
end

-- Behind an opening parenthesis; keeps what stands in it (RFC 5322 §3.2.2).
function Reader:comment()
  local start, depth = self.position, 1
  while depth > 0 do
    local at = self.text:find("[()\\]", self.position)
    if not at then
      self:fail("a comment without end")
    end
    local octet = self.text:sub(at, at)
    self.position = at + (octet == "\\" and 2 or 1)
    depth = depth + (octet == "(" and 1 or octet == ")" and -1 or 0)
    if depth > DEEPEST_COMMENT then
      self:fail("comments nested too deeply")
    end
  end
  self.comments[#self.comments + 1] = (self.text:sub(start, self.position - 2):gsub("\\(.)", "%1"))
end

-- Comments and white space.
function Reader:skip()
  repeat
    self:take("[ \t]+")
    local opened = self:take("%(")
    if opened then
      self:comment()
    end
  until not opened
end

-- The quoted string that starts here, with its quotes, or nil.
function Reader:quoted()
  local start = self.position
  if not self:take('"') then
    return nil
  end
  while true do
    local at = self.text:find('["\\]', self.position)
    if not at then
      self:fail("a quoted string without end")
    end
    if self.text:sub(at, at) == '"' then
      self.position = at + 1
      return self.text:sub(start, at)
    end
    self.position = at + 2
  end
end

local function unquoted(text)
  return (text:sub(2, -2):gsub("\\(.)", "%1"))
end

-- A token or a quoted string (RFC 2045 §5.1).
function Reader:value(what)
  local text = self:quoted()
  if text then
    return unquoted(text)
  end
  return self:take(TOKEN .. "+") or self:fail("no " .. what)
end

-- What stands for a property: an address, a token, a quoted string, and, for many write so, what else holds no white space.
function Reader:property_value()
  local text = self:quoted()
  if not text then
    return self:take('[^ \t;()"]+') or self:fail("no value of a property")
  end
  local rest = self:take("@[%w._\128-\255-]+")
  return rest and text .. rest or unquoted(text)
end

function Reader:keyword(what)
  local word = self:take("[%w_-]+") or self:fail("no " .. what)
  return word:lower()
end

function Reader:equals()
  self:skip()
  if not self:take("=") then
    self:fail("no equals sign")
  end
  self:skip()
end

-- A reason, or "ptype.property=value"; the value of a property that comes twice is the first one.
function Reader:detail(result)
  local name = self:keyword("name of a property")
  self:skip()
  if self:take("%.") then
    self:skip()
    name = name .. "." .. self:keyword("name of a property")
  end
  self:equals()
  if name == "reason" then
    local reason = self:value("reason")
    result.reason = result.reason or reason
  else
    local value = self:property_value()
    result.properties[name] = result.properties[name] or value
  end
end

-- Behind a semicolon: one method's result with all that belongs to it.
function Reader:result()
  local result = { properties = {}, comments = {} }
  self.comments = result.comments
  self:skip()
  result.method = self:keyword("method")
  self:skip()
  if self:take("/") then
    self:skip()
    result.method_version = tonumber(self:take("%d+")) or self:fail("no version of the method")
  end
  self:equals()
  result.result = self:keyword("result")
  self:skip()
  while not self:at_end() and self.text:sub(self.position, self.position) ~= ";" do
    self:detail(result)
    self:skip()
  end
  return result
end

-- All results, or none where "none" stands in their place. One semicolon too many at the end is forgiven.
function Reader:results()
  local results = {}
  while self:take(";") do
    self:skip()
    local word = self.text:match("^[%w_-]+", self.position)
    if #results == 0 and word and word:lower() == "none" then
      self.position = self.position + #word
      self:skip()
      if self:at_end() then
        return results
      end
      self:fail("something behind none")
    end
    if self:at_end() and #results > 0 then
      return results
    end
    results[#results + 1] = self:result()
  end
  if not self:at_end() or #results == 0 then
    self:fail("no result")
  end
  return results
end

function Reader:payload()
  self:skip()
  local parsed = { authserv_id = self:value("authserv-id") }
  self:skip()
  parsed.version = tonumber(self:take("%d+") or 1)
  self:skip()
  self.head = parsed
  parsed.results = self:results()
  return parsed
end

-- The value in one line, or nil where it holds what no value may.
local function unfold(text)
  text = text:gsub("\r\n$", ""):gsub("\r\n([ \t])", "%1")
  return not text:find("[^%C\t]") and text or nil
end

-- Reads a field's value: the parsed field, or nil and what is wrong. The third result is the head, `authserv_id` and
-- `version`, which may have been readable where the rest was not.
function M.read(value)
  local line = unfold(value)
  if not line then
    return nil, "a control character, or a line that is no continuation"
  end
  local reader = new_reader(line)
  local fine, parsed = pcall(reader.payload, reader)
  if fine then
    return parsed, nil, parsed
  elseif type(parsed) ~= "table" then
    error(parsed, 0)
  end
  return nil, parsed.malformed, reader.head
end

return M
