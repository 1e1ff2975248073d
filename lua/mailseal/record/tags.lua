--- What the records have in common that are lists of tags after `v=`: the verdict of a lint, and writing.
-- @module mailseal.record.tags
local M = {}

--- The strict verdict on a text, of what a lint found in it: the record, or the first error.
-- @tparam {table,...} findings
-- @tparam ?table record what the lint gave beside them: nil where a finding is an error
-- @treturn[1] table the record
-- @treturn[2] nil
-- @treturn[2] string the message of the first error
-- @treturn[2] string its code
function M.verdict(findings, record)
  if record then
    return record
  end
  for _, finding in ipairs(findings) do
    if finding.severity == "error" then
      return nil, finding.message, finding.code
    end
  end
end

local function percent(character)
  return ("%%%02X"):format(character:byte())
end

--- A URI with those characters encoded that have a meaning in records: comma, semicolon and exclamation mark (RFC 3986 §2.1).
-- @tparam string uri
-- @treturn string what is no string is left as it is, for @{write} to refuse
function M.encode(uri)
  return type(uri) == "string" and uri:gsub("[,;!]", percent) or uri
end

--- A list of words or URIs as the value of a tag.
-- @tparam ?string|{string,...} list one of them may stand alone
-- @tparam[opt] function encode what makes of each what is written
-- @treturn ?string with commas between; "" where there are none, nil where one is no string
function M.join(list, encode)
  local pieces = {}
  for i, piece in ipairs(type(list) == "table" and list or { list }) do
    if type(piece) ~= "string" then
      return nil
    end
    pieces[i] = encode and encode(piece) or piece
  end
  return table.concat(pieces, ",")
end

local function is_name(name)
  return type(name) == "string" and name:find("^%w[%w_.-]*$") ~= nil
end

-- May it stand as a value without being read as something else?
local function is_value(value)
  return type(value) == "string" and not value:find("[;%c]") and not value:find("^%s") and not value:find("%s$")
end

-- The first finding for which a text is not to be published.
local function objection(findings)
  for _, finding in ipairs(findings) do
    if finding.severity == "error" or finding.severity == "warning" then
      return finding
    end
  end
end

--- Writes a list of tags, and reads it again: what is written is what its receivers can use.
-- @tparam {table,...} tags in their order, each with `name` and `value`
-- @tparam ?{table,...} others further ones
-- @tparam function lint the kind's own
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value" (a name or value is no string, or holds what would end the tag), or the code of an error
-- or a warning of the lint
function M.write(tags, others, lint)
  local pieces = {}
  for _, list in ipairs { tags, type(others) == "table" and others or { others } } do
    for _, tag in ipairs(list) do
      if type(tag) ~= "table" or not is_name(tag.name) or not is_value(tag.value) then
        return nil, ("%s cannot be written: a name has letters and digits, a value is a string without semicolon, line break "
          .. "or white space at its ends"):format(tostring(type(tag) == "table" and tag.name or tag)), "bad_value"
      end
      pieces[#pieces + 1] = tag.name .. "=" .. tag.value
    end
  end
  local text = table.concat(pieces, "; ")
  local finding = objection((lint(text)))
  if finding then
    return nil, finding.message, finding.code
  end
  return text
end

return M
