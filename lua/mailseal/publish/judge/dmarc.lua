--- The DMARC record, of which a name has one (RFC 9989 §4.7). One that is there and can be used stays, whatever it asks for; one is added
-- only where none applies, so that no policy that is in force is ever weakened by it.
-- @module mailseal.publish.judge.dmarc
local floors = require "mailseal.publish.judge.dmarc_above"
local mending = require "mailseal.publish.judge.dmarc_mending"
local record_of = require "mailseal.record"
local text_judge = require "mailseal.publish.judge.text"

local M = {}

--- The value to publish where there is none yet.
-- @function value
-- @tparam table record
-- @treturn ?string nil where it is not known
M.value = text_judge.value

-- The texts that receivers take for DMARC records, and those that are only meant as such: where they are, and what they say.
local function sort_out(case)
  local records, meant = {}, {}
  for i, text in ipairs(case:texts()) do
    local parsed, _, code = record_of.parse("dmarc", text)
    if code ~= "dmarc_not_a_record" then
      records[#records + 1] = { place = i, text = text, parsed = parsed, code = code }
    elseif text:lower():find "^[%s\"']*v?%s*=?%s*dmarc1?%f[%W]" then
      meant[#meant + 1] = { place = i, text = text, code = code }
    end
  end
  return records, meant
end

local function fault_of(one)
  for _, finding in ipairs((record_of.lint("dmarc", one.text))) do
    if finding.severity == "error" then
      return finding.code, finding.found
    end
  end
  return "dmarc_missing_policy", one.text
end

-- What receivers cannot use.
local function judge_broken(case, records, above)
  local code, found = "dmarc_two_records", #records
  if #records == 1 then
    code, found = fault_of(records[1])
  end
  local is_taken = #records == 1 and records[1].code == "dmarc_no_policy" -- it is the one that applies, and says nothing
  if above.record_domain and not is_taken then -- receivers pass over them, and take that one
    return case:leave(code, { found = found })
  end
  local text = mending.mend(records, case.record.value, above.policy)
  return case:conflict(code, { found = found, expected = text }, case:merged(records, text))
end

-- Where a policy applies without a record at the name, or nobody can tell: ends the case.
local function judge_above(case, above)
  if above.record_domain then
    return case:keep(("The DMARC policy of %s (p=%s) applies; a record at %s could only weaken it."):format(
      above.record_domain, above.policy or "none", case.name))
  elseif above.unknown then
    return case:leave(nil, ("DNS does not say, for now, which DMARC policy applies at %s: a record could weaken it."):format(case.name))
  end
end

--- Judges it where a CNAME stands at the name.
-- @tparam table case see `mailseal.publish.case`
-- @treturn ?table the step; nil where the CNAME leads to no policy, and none applies in its place
function M.judge_behind(case)
  local told = case.given.dmarc
  if told and told.result == "found" and "_dmarc." .. told.record_domain == case.name then
    return case:keep(("There is a DMARC record at the end of the CNAME %s."):format(case.name))
  end
  return judge_above(case, floors.find(case))
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local records, meant = sort_out(case)
  if #records == 1 and records[1].parsed then
    return case:keep(("The DMARC record at %s stays as it is."):format(case.name))
  end
  local above = floors.find(case)
  if records[1] then
    return judge_broken(case, records, above)
  end
  local step = judge_above(case, above)
  if step then
    return step
  elseif meant[1] then
    return judge_broken(case, meant, above)
  elseif not case.record.value then
    return case:leave(nil, "What its value is to be is not known.")
  end
  return case:put(case:with(M.value(case.record)))
end

return M
