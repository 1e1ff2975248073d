--- One SPF record out of several, and out of one that cannot be read (RFC 7208 §3.2, §4.6).
-- @module mailseal.record.spf_merge
local spf = require "mailseal.record.spf"

local M = {}

-- The words of a term as it stands in a record with those of others, where a redirect would be passed over beside an all.
local function words_of(term)
  return term.name == "redirect" and "include:" .. term.value or term.text
end

-- Gathers a record's terms, each once; the first to say something of all others, or to explain, says it.
local function gather(text, terms)
  local parsed = spf.parse(text)
  for _, term in ipairs(parsed and parsed.terms or {}) do
    local words = words_of(term)
    local key = words:lower():gsub("^%+", ""):gsub("%.$", "")
    if term.name == "all" or term.name == "exp" then
      terms[term.name] = terms[term.name] or words
    elseif not terms[key] then
      terms[#terms + 1], terms[key] = words, true
    end
    terms.redirected = terms.redirected or term.name == "redirect"
  end
end

--- One record out of those that can be read: the terms of all of them. Where none can, it is the first.
-- @tparam {string,...} records texts
-- @treturn string
function M.merge(records)
  local terms = { "v=spf1" }
  for _, text in ipairs(records) do
    gather(text, terms)
  end
  if #terms == 1 and not terms.all then
    return records[1]
  end
  terms[#terms + 1] = terms.all or terms.redirected and "~all" or nil
  terms[#terms + 1] = terms.exp
  return table.concat(terms, " ")
end

-- What must not be twice in a record, by the words of a term.
local function single_of(word)
  local name = word:lower():match "^(%l+)="
  return (name == "redirect" or name == "exp") and name or word:lower():find "^[-~?+]?all$" and "all" or nil
end

--- What can be read of a record: its terms in their order, without commas and spaces that do not belong there, and without those that
-- cannot be read.
-- @tparam string text
-- @treturn string a record that can be read
-- @treturn {string,...} what was left out
function M.mend(text)
  local terms, left, has = { "v=spf1" }, {}, {}
  local rest = text:gsub("^[%s\"']*[vV]?%s*=?%s*[sS][pP][fF]1?%f[%W]", "", 1):gsub("([:=])%s+", "%1")
  for word in rest:gmatch "[^%s,;\"']+" do
    local single = single_of(word)
    if not spf.parse("v=spf1 " .. word) or single and has[single] then
      left[#left + 1] = word
    else
      terms[#terms + 1] = word
      has[single or ""] = true
    end
  end
  return table.concat(terms, " "), left
end

return M
