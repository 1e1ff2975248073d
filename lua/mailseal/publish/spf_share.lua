--- Whose share of an SPF record is whose: what we have added to one is taken out again, and what others have added meanwhile stays.
-- @module mailseal.publish.spf_share
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.record.spf"

local M = {}

--- Is a value of a TXT set an SPF record?
-- @tparam string value
-- @treturn boolean
function M.is_one(value)
  local text = sets.joined(value)
  return text ~= nil and spf.is_one(text)
end

-- The mechanisms of records, `all` aside, as texts that are compared.
local function mechanisms_of(values)
  local has, list = {}, {}
  for _, value in ipairs(values) do
    local parsed = spf.parse(sets.joined(value) or "")
    for _, term in ipairs(parsed and parsed.terms or {}) do
      local key = term.text:lower():gsub("^%+", ""):gsub("%.$", "")
      if term.kind == "mechanism" and term.name ~= "all" and not has[key] then
        has[key], list[#list + 1] = true, { key = key, text = term.text }
      end
    end
  end
  return list, has
end

--- A record that others have changed since, without our share.
-- @tparam string text what stands there now
-- @tparam {string,...} added the values that we have put there
-- @tparam {string,...} taken those that were there before
-- @treturn ?string the text; "" where nothing is left that is anybody else's; nil where nothing of ours is in it, or it cannot be read
function M.without_ours(text, added, taken)
  local ours, has_ours = mechanisms_of(added)
  local former, had = mechanisms_of(taken)
  local new = text
  for _, term in ipairs(ours) do
    new = not had[term.key] and spf.remove(new, term.text) or new
  end
  if new == text or not spf.parse(new) then
    return nil
  end
  for _, term in ipairs(former) do
    new = not has_ours[term.key] and spf.add(new, term.text) or new
  end
  local rest = mechanisms_of { sets.text(new) }
  return (rest[1] or taken[1] or spf.parse(new).redirect) and new or ""
end

return M
