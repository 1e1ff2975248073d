--- Writes SPF records, and changes them term by term (RFC 7208 §4.6.1); `mailseal.record.spf` is the face.
--
-- What is written is always read again: no value of a term can bring a second term along.
--
-- @module mailseal.record.spf_writer
local canonical = require "mailseal.dns.name".canonical
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"

local M = {}

local networks = { ip4 = true, ip6 = true }
local once = { all = true, redirect = true, exp = true } -- what a record has one of

-- The text of a term given as a table, which may yet be none.
local function compose(term)
  if type(term.name) ~= "string" then
    error("a term has a name", 4)
  elseif term.kind == "modifier" or term.name == "redirect" or term.name == "exp" then
    return term.name .. "=" .. (term.value or "")
  end
  local text = (term.qualifier and term.qualifier ~= "+" and term.qualifier or "") .. term.name
  local argument = term.domain or term.address
  if argument then
    text = text .. ":" .. argument
  end
  if networks[term.name] then
    local size = term.prefix4 or term.prefix6
    return size and ("%s/%d"):format(text, size) or text
  end
  if term.prefix4 then
    text = ("%s/%d"):format(text, term.prefix4)
  end
  return term.prefix6 and ("%s//%d"):format(text, term.prefix6) or text
end

-- One term as read, from its text or table; or nil and what `parse` of a record says.
local function read_term(term)
  local text = type(term) == "table" and compose(term) or term
  if type(text) ~= "string" then
    error("a term is a string or a table, got " .. type(term), 3)
  end
  local parsed, message, code, closer, piece = core.parse_spf("v=spf1 " .. text)
  if not parsed then
    return nil, message, code, closer, piece
  elseif #parsed.terms ~= 1 then
    return nil, "a space stands inside a term, or there is none", "spf_syntax", "spf_space_inside", text
  end
  return parsed.terms[1]
end

-- The text, where it is a record still.
local function checked(text)
  local parsed, message, code, closer, piece = core.parse_spf(text)
  if not parsed then
    return nil, message, code, closer, piece
  end
  return text
end

--- Makes a record's text.
-- @tparam table record as of `parse` of `mailseal.record.spf`; of a term `name` and what belongs to it are enough, and its text may
-- stand for it. `all`, `redirect` and `exp` are appended where no term says them.
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "spf_syntax"
-- @treturn[2] string as of `parse`
-- @treturn[2] string the term that is wrong
function M.write(record)
  local texts, has = { "v=spf1" }, {}
  for _, given in ipairs(record.terms or {}) do
    local term, message, code, closer, piece = read_term(given)
    if not term then
      return nil, message, code, closer, piece
    end
    texts[#texts + 1], has[term.name] = term.text, true
  end
  if record.all and not has.all then
    texts[#texts + 1] = record.all .. "all"
  end
  for _, name in ipairs { "redirect", "exp" } do
    if record[name] and not has[name] then
      local term, message, code, closer, piece = read_term { name = name, value = record[name] }
      if not term then
        return nil, message, code, closer, piece
      end
      texts[#texts + 1] = term.text
    end
  end
  return checked(table.concat(texts, " "))
end

--- Changing a record
-- @section changing

local function plain(name, macros)
  if not name or macros then
    return name
  end
  return canonical(name)
end

-- What two terms that mean the same share, the qualifier aside.
local function key(term)
  if term.name == "all" then
    return "all"
  end
  local default4, default6 = 32, 128
  return table.concat({
    term.name, plain(term.domain, term.macros) or "", plain(term.address) or "", term.value or "",
    term.prefix4 or default4, term.prefix6 or default6,
  }, " ")
end

-- Puts `new` in the place of the term; nothing takes the space in front of it along.
local function replace(text, term, new)
  local before, behind = text:sub(1, term.at - 1), text:sub(term.at + #term.text)
  if not new then
    return before:sub(1, -2) .. behind
  end
  return before .. new .. behind
end

-- Where a mechanism goes: the term it stands in front of, `all` or the first of the modifiers at the end; or nil.
local function follower(parsed)
  local found
  for _, term in ipairs(parsed.terms) do
    if term.name == "all" then
      return term
    elseif term.kind == "modifier" then
      found = found or term
    else
      found = nil
    end
  end
  return found
end

local function insert(text, before, new)
  if before then
    return text:sub(1, before.at - 1) .. new .. " " .. text:sub(before.at)
  end
  return text .. (text:find(" $") and "" or " ") .. new
end

-- The first term that `matches`, and whether it stands behind an `all`, where a mechanism never counts.
local function find(parsed, matches)
  local behind = false
  for _, term in ipairs(parsed.terms) do
    if matches(term) then
      return term, behind
    end
    behind = behind or term.name == "all"
  end
end

local function put(text, parsed, new)
  local wanted = key(new)
  local term, behind = find(parsed, function(term)
    return key(term) == wanted or once[new.name] and term.name == new.name
  end)
  if term and behind and new.kind == "mechanism" then
    text = replace(text, term)
    return put(text, assert(core.parse_spf(text)), new)
  elseif term and (key(term) ~= wanted or term.qualifier ~= new.qualifier) then
    return replace(text, term, new.text)
  elseif term then
    return text
  end
  return insert(text, new.kind == "mechanism" and follower(parsed) or nil, new.text)
end

--- Adds a term to a record. The rest stays octet for octet; the order and `all` are kept.
-- A mechanism goes in front of `all`, or of the modifiers at the end. A term that is there already is not added again, but
-- gets the qualifier given, and comes in front of an `all` that hides it. An `all`, redirect= or exp= takes the place of the one
-- there is.
-- @tparam string|{string,...} text
-- @tparam string|table term its text ("include:_spf.example.net") or its table, as for @{write}
-- @treturn[1] string the record's text
-- @treturn[2] nil
-- @treturn[2] string what is wrong, of the record or of the term
-- @treturn[2] string "spf_not_a_record", "spf_syntax"; "spf_redirect_with_all" where one of both is there and the other to be added
-- @treturn[2] string as of `parse`
-- @treturn[2] string the term that is wrong
function M.add(text, term)
  text = strings.join(text, 2)
  local parsed, message, code, closer, piece = core.parse_spf(text)
  if not parsed then
    return nil, message, code, closer, piece
  end
  local new
  new, message, code, closer, piece = read_term(term)
  if not new then
    return nil, message, code, closer, piece
  elseif new.name == "all" and parsed.redirect or new.name == "redirect" and parsed.all then
    return nil, "redirect= means nothing in a record with an all", "spf_redirect_with_all", "spf_redirect_with_all", new.text
  end
  return checked(put(text, parsed, new))
end

--- Removes a term from a record, wherever and however often it is there. The rest stays octet for octet.
-- @tparam string|{string,...} text
-- @tparam string|table term its text or its table, as for @{write}; whatever its qualifier
-- @treturn[1] string the record's text, as it was where the term is not there
-- @treturn[2] nil
-- @treturn[2] string what is wrong, of the record or of the term
-- @treturn[2] string "spf_not_a_record", "spf_syntax"
-- @treturn[2] string as of `parse`
-- @treturn[2] string the term that is wrong
function M.remove(text, term)
  text = strings.join(text, 2)
  local parsed, message, code, closer, piece = core.parse_spf(text)
  if not parsed then
    return nil, message, code, closer, piece
  end
  local old
  old, message, code, closer, piece = read_term(term)
  if not old then
    return nil, message, code, closer, piece
  end
  for i = #parsed.terms, 1, -1 do
    if key(parsed.terms[i]) == key(old) then
      text = replace(text, parsed.terms[i])
    end
  end
  return checked(text)
end

return M
