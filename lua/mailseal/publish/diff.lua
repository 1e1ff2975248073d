--- A plan as people read it: what comes, what goes, what stays and why.
-- @module mailseal.publish.diff
local line = require "mailseal.printable".line

local M = {}

local titles = {
  add = "add", change = "change", remove = "remove", keep = "keep", leave = "leave alone", conflict = "needs consent",
}

local function contains(list, value)
  for _, one in ipairs(list or {}) do
    if one == value then
      return true
    end
  end
  return false
end

-- The values of one list, each with a sign in front: those that are in the other as well are not touched.
local function add_values(lines, sign, kind, values, others)
  for _, value in ipairs(values or {}) do
    if not contains(others, value) then
      lines[#lines + 1] = ("    %s %s %s"):format(sign, kind, line(value))
    end
  end
end

local shows_values = { add = true, change = true, remove = true, conflict = true }

local function add_step(lines, step)
  lines[#lines + 1] = ("%s: %s %s"):format(titles[step.action], line(step.name), step.type)
  if shows_values[step.action] then
    for _, other in ipairs(step.others or {}) do
      add_values(lines, "-", other.type, other.values)
    end
    add_values(lines, "-", step.type, step.before, step.after)
    add_values(lines, "+", step.type, step.after, step.before)
  end
  if step.action ~= "keep" then
    lines[#lines + 1] = "    " .. line(step.text)
  end
  if step.action == "conflict" then
    lines[#lines + 1] = "    to agree: " .. step.consent
  end
end

--- The plan in lines.
-- @tparam table plan as of `mailseal.publish.plan` or `mailseal.publish.ledger.undo`
-- @treturn string with a line end at its end
function M.text(plan)
  local lines = {}
  for _, step in ipairs(plan.steps) do
    add_step(lines, step)
  end
  if plan.conflicts[1] then
    lines[#lines + 1] = "Nothing is changed without consent."
  elseif next(plan.changes) == nil then
    lines[#lines + 1] = "Nothing is to be changed."
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
