--- Where is an SPF record that is not where it belongs, at the domain itself (RFC 7208 §3)?
--
-- It is put at a name below, for the form of the DNS host asks for one; or its type is the one that was once meant for it (§3.1).
-- @module mailseal.check.spf_placement
local is_one = require "mailseal.record.spf".is_one
local placement = require "mailseal.check.publication.placement"

local M = {}

local function has_record(answer)
  for _, text in ipairs(answer and answer.text or {}) do
    if is_one(text) then
      return true
    end
  end
  return false
end

-- Tells that the record is at another name. What to enter as its name is plain for the domain itself alone.
local function tell(context, name, place)
  if name == context.domain then
    context:find("spf_misplaced", { name = name, where = place })
    return
  end
  local is_doubled = place:sub(1, #name + 1) == name .. "."
  local entry, zone = placement.entry(name, context.domain)
  context:find(is_doubled and "record_name_doubled" or "record_misnamed", { name = name, where = place, entry = entry, zone = zone })
end

--- Looks for the record elsewhere, and tells where it is.
-- @tparam table context see `mailseal.check.context`
-- @tparam string name where it belongs, and is not
-- @treturn boolean is it somewhere?
function M.look(context, name)
  local places = { name .. "." .. name, "_spf." .. name, "spf." .. name, "@." .. name, "www." .. name }
  if name ~= context.domain then
    table.insert(places, 2, name .. "." .. context.domain)
  end
  local questions = { { name, "SPF" } }
  for i, place in ipairs(places) do
    questions[i + 1] = { place, "TXT" }
  end
  local answers = context:asks(questions)
  if has_record(answers[1]) then
    context:find("spf_only_type_99", { name = name })
    return true
  end
  for i, place in ipairs(places) do
    if has_record(answers[i + 1]) and placement.is_wildcard(context, place, "TXT") == false then
      tell(context, name, place)
      return true
    end
  end
  return false
end

return M
