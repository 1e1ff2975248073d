--- The data of records as people write it, to be compared with what somebody has written.
-- @module mailseal.check.publication.presentation
local M = {}

-- The fields of a type's data, in the order in which they are written.
local fields = {
  A = { "address" }, AAAA = { "address" }, NS = { "host" }, CNAME = { "target" }, PTR = { "target" }, DNAME = { "target" },
  MX = { "preference", "exchange" }, SRV = { "priority", "weight", "port", "target" }, CAA = { "flags", "tag", "value" },
  TLSA = { "usage", "selector", "matching_type", "data" }, DS = { "key_tag", "algorithm", "digest_type", "digest" },
}

local is_text = { TXT = true, SPF = true }

local function value_of(record)
  if is_text[record.type] then
    return table.concat(record.strings)
  end
  local parts = {}
  for i, field in ipairs(fields[record.type] or {}) do
    parts[i] = ("%s"):format(tostring(record[field]):gsub("%.0$", ""))
  end
  return table.concat(parts, " ")
end

--- The data of an answer's records.
-- @tparam table answer see `mailseal.dns.resolver`
-- @treturn {string,...} sorted; a TXT record's strings are joined; of a type that is not known here, empty texts
function M.values(answer)
  local list = {}
  for i, record in ipairs(answer.records) do
    list[i] = value_of(record)
  end
  table.sort(list)
  return list
end

-- Names in lower case and without a dot at their end, one space between two fields, no quotes.
local function plain(value)
  local words = {}
  for word in value:lower():gmatch "%S+" do
    words[#words + 1] = word:gsub('"', ""):gsub("%.$", "")
  end
  return table.concat(words, " ")
end

--- Are two values of that type the same? Texts are where each octet is.
-- @tparam string a
-- @tparam string b
-- @tparam string type
-- @treturn boolean
function M.same(a, b, type)
  return a == b or not is_text[type] and plain(a) == plain(b)
end

--- What is left of a text without what pasting adds and loses: quotes, backslashes, white space and the case of letters.
-- @tparam string text
-- @treturn string
function M.bare(text)
  return (text:lower():gsub("[\"'\\%s]", ""):gsub("\194\160", ""):gsub("\226\128[\152\153\156\157\139]", ""))
end

--- The host whose name a text is, and nothing else.
-- @tparam string text
-- @treturn ?string in lower case, without a dot at its end; nil where it is none
function M.host(text)
  local name = text:lower():match "^[\"'%s]*([%w_-]+%.[%w_.-]+)[\"'%s]*$"
  if name and not name:find "%.%." and name:find "%a" then
    return (name:gsub("%.$", ""))
  end
end

return M
