--- Which of a name's TXT records is its SPF record, and what it says (RFC 7208 §4.4, §4.5, §4.6).
-- @module mailseal.spf.record
local definitive = require "mailseal.dns.answer".definitive
local memo = require "mailseal.record.memo"
local spf = require "mailseal.record.spf"

local is_one = spf.is_one

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

-- The terms that an evaluation may come to, in their order: what stands before `all`, and it; or else everything, with the
-- redirect last, wherever it stands (§4.6.3, §5.1).
local function reachable(parsed)
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

--- Reads a record as receivers do.
-- @tparam string text
-- @treturn table to be read only: `parsed` and `terms`, those that an evaluation may come to, in that order; or `message` and `piece`
--   of what is wrong: see `mailseal.record.spf`
-- @function read
M.read = memo.of(function(text)
  local parsed, message, _, _, piece = spf.parse(text)
  return { parsed = parsed, terms = parsed and reachable(parsed) or {}, message = message, piece = piece }
end)

local lint = memo.of(function(_, strings)
  local findings, parsed = spf.lint(strings)
  return { findings = findings, parsed = parsed }
end)

--- Looks for what is wrong with a record.
-- @tparam {string,...} strings its character-strings
-- @treturn {table,...} the findings, to be read only
-- @treturn ?table the record, likewise; nil where receivers refuse it
function M.lint(strings)
  local found = lint(table.concat(strings, "\0"), strings)
  return found.findings, found.parsed
end

return M
