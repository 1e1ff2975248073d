--- Which of a name's TXT records is its SPF record, and what it says (RFC 7208 §4.4, §4.5, §4.6).
-- @module mailseal.spf.record
local definitive = require "mailseal.dns.answer".definitive
local is_one = require "mailseal.record.spf".is_one

local M = {}

--- Finds the SPF record in an answer: the only one that begins with a version section of exactly "v=spf1".
-- @tparam table answer for TXT, see `mailseal.dns.resolver`
-- @treturn ?string its text; nil where there is none to go by
-- @treturn string|number its place among the answer's records; or why there is none: `temporary` (DNS failed), `no_domain` (there
--   is no such name), `no_record`, `two_records`
function M.find(answer)
  if not definitive[answer.status] then
    return nil, "temporary"
  elseif answer.status == "nxdomain" then
    return nil, "no_domain"
  end
  local place
  for i, text in ipairs(answer.text) do
    if is_one(text) then
      if place then
        return nil, "two_records"
      end
      place = i
    end
  end
  if not place then
    return nil, "no_record"
  end
  return answer.text[place], place
end

--- The terms that evaluation may come to, in their order: what stands before `all`, and it; or else everything, with the
-- redirect last, wherever it stands (§4.6.3, §5.1).
-- @tparam table parsed see `mailseal.record.spf`
-- @treturn {table,...}
function M.reachable(parsed)
  local list, redirect = {}, nil
  for _, term in ipairs(parsed.terms) do
    if term.kind == "mechanism" then
      list[#list + 1] = term
      if term.name == "all" then
        return list
      end
    elseif term.name == "redirect" then
      redirect = term
    end
  end
  list[#list + 1] = redirect
  return list
end

return M
