--- MX records: those that are wanted, and no others but those that may stand beside them.
-- @module mailseal.publish.judge.mx
local sets = require "mailseal.publish.sets"
local text_judge = require "mailseal.publish.judge.text"

local M = {}

--- The value to publish.
-- @tparam table record
-- @treturn ?string nil where it is not known
function M.value(record)
  local value = record.value
  if value and not value:find "^%s*%d+%s" then
    value = "10 " .. value
  end
  return value and sets.spelled("MX", value)
end

-- The host of a value, without a dot at its end; "" of `0 .`, which says that no mail is received (RFC 7505).
local function host_of(value) return (value:lower():gsub("^%s*%d+%s+", ""):gsub("%.?%s*$", "")) end

local function hosts_of(values)
  local hosts = {}
  for _, value in ipairs(type(values) == "table" and values or { values }) do
    hosts[host_of(value)] = true
  end
  return hosts
end

local function holds_all(hosts, wanted)
  for host in pairs(wanted) do
    if not hosts[host] then
      return false
    end
  end
  return next(wanted) ~= nil
end

-- The hosts that are right as they are there; nil where they are not.
local function right_hosts(case, hosts)
  local record = case.record
  if record.value and hosts[host_of(record.value)] then
    return hosts_of(record.value)
  end
  for _, alternative in ipairs(record.alternatives or {}) do
    if holds_all(hosts, hosts_of(alternative)) then
      return hosts_of(alternative)
    end
  end
  for host in pairs(hosts) do
    if text_judge.has_form(host, record) or not record.value and not record.pattern and host ~= "" then
      return { [host] = true }
    end
  end
end

-- May a value stand where the wanted one is? One that was right before, or is ours, may not, and goes without being asked about.
local function sort_out(case, right)
  local beside, others, goes = hosts_of(case.record.beside or {}), {}, {}
  for i, value in ipairs(case.values) do
    local host = host_of(value)
    local is_known = right and right[host] or beside[host] or text_judge.has_form(host, case.record)
    if not is_known and case:is_ours(value) then
      goes[i] = true
    elseif not is_known then
      others[#others + 1], goes[i] = value, true
    end
  end
  return others, goes
end

local function is_migrating(case, others)
  for _, migration in ipairs(case.record.migrations or {}) do
    local from, all = hosts_of(migration.from), #others > 0
    for _, value in ipairs(others) do
      all = all and from[host_of(value)] or false
    end
    if all then
      return true
    end
  end
  return false
end

local function code_of(others, right)
  for _, value in ipairs(others) do
    if host_of(value) == "" then
      return "mx_null"
    end
  end
  return right and "mx_others_beside" or "mx_other"
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local right = right_hosts(case, hosts_of(case.values))
  local is_any = not case.record.value and not case.record.pattern
  local others, goes = sort_out(case, right)
  if right and (is_any or not next(goes)) then
    return case:keep()
  end
  local value = M.value(case.record)
  if not value and not right then
    return case:leave(nil, "What its value is to be is not known.")
  end
  local values = case:replacing(function(i) return goes[i] end, not right and value or nil)
  if others[1] and not is_migrating(case, others) then
    return case:conflict(code_of(others, right), { found = others }, values)
  end
  return case:put(values, others[1] and { code = "record_migrating", fields = { found = others } })
end

return M
