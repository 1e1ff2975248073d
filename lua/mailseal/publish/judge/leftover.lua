--- A record that is not wanted any more: what is ours of it goes, and what is not stays.
-- @module mailseal.publish.judge.leftover
local M = {}

--- Judges it.
-- @tparam table case see `mailseal.publish.case`; of the record, `value` is known of a CNAME alone
-- @treturn ?table the step; nil where there is nothing
function M.judge(case)
  if not case.values[1] then
    return nil
  end
  local goes = {}
  for i, value in ipairs(case.values) do
    goes[i] = case:is_ours(value) or nil
  end
  if not next(goes) then
    return case:leave(nil, ("What stands at %s was not published from here."):format(case.name))
  end
  return case:put(case:replacing(function(i) return goes[i] end), { text = ("%s %s is not needed any more."):format(case.name, case.type) })
end

return M
