--- The MTA-STS policy (RFC 8461 §3.2): the text at `https://mta-sts.<domain>/.well-known/mta-sts.txt`, which names the hosts
-- that take a domain's mail over TLS. Behind `mailseal.record`, as the kind "mta_sts_policy".
-- @module mailseal.record.mta_sts_policy
local core = require "mailseal.core".record
local strings = require "mailseal.record.strings"
local tags = require "mailseal.record.tags"

local M = {}

--- Reads a policy as a sender does (§3.2).
-- @tparam string|{string,...} text
-- @treturn[1] table
--
-- - `version` (string): "STSv1"
-- - `mode` (string): "enforce", "testing" or "none"
-- - `max_age` (number): how long senders keep the policy, in seconds, 0 to 31557600
-- - `mx` ({string,...}): the patterns of hosts, as written; none only where the mode is "none"
-- - `others` ({table,...}): the lines whose key nobody knows, each with `name` and `value`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string the code of the first error that @{lint} finds, such as "mta_sts_policy_bad_mode"
function M.parse(text)
  return tags.verdict(core.lint_mta_sts_policy(strings.join(text, 2)))
end

--- Says what is wrong with a policy and how to mend it.
-- @tparam string|{string,...} text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the policy as of @{parse}, or nil where a finding is an error
function M.lint(text)
  return core.lint_mta_sts_policy(strings.join(text, 2))
end

--- Does a policy allow an MX host (§4.1)? Whatever its mode is.
-- @tparam table policy as of @{parse}
-- @tparam string host its name, with a dot at its end or not
-- @treturn boolean
-- @treturn ?string the pattern that allows it
function M.allows(policy, host)
  for _, pattern in ipairs(policy.mx) do
    if core.mta_sts_mx_matches(pattern, host) then
      return true, pattern
    end
  end
  return false
end

local function is_line(line)
  return type(line) == "table" and type(line.name) == "string" and line.name:find("^%w[%w_.-]*$") ~= nil
    and type(line.value) == "string" and not line.value:find("%c")
end

-- A list, or what stands for a list of one.
local function list_of(value)
  return type(value) == "table" and value or { value }
end

-- Seconds as text; nil where they are not whole.
local function seconds(number)
  return type(number) == "number" and number % 1 == 0 and ("%.0f"):format(number) or nil
end

-- The lines of a policy, in their usual order.
local function lines_of(policy)
  local lines = { { name = "version", value = "STSv1" }, { name = "mode", value = policy.mode } }
  for _, pattern in ipairs(list_of(policy.mx)) do
    lines[#lines + 1] = { name = "mx", value = pattern }
  end
  lines[#lines + 1] = { name = "max_age", value = seconds(policy.max_age) }
  for _, line in ipairs(list_of(policy.others)) do
    lines[#lines + 1] = line
  end
  return lines
end

--- Writes a policy, with lines that end in CRLF.
-- @tparam table policy of the form that @{parse} gives: `mode`, `max_age`, `mx`, of which one may stand alone, and `others` where
-- there are any
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value" (a value is missing, not of its kind, or holds what would end the line), or a code as of @{parse}
function M.write(policy)
  local pieces = {}
  for i, line in ipairs(lines_of(policy)) do
    if not is_line(line) then
      return nil, ("%s cannot be written: its value is missing, is not of its kind, or holds a line break"):format(
        tostring(type(line) == "table" and line.name or line)), "bad_value"
    end
    pieces[i] = line.name .. ": " .. line.value .. "\r\n"
  end
  local text = table.concat(pieces)
  local read, message, code = M.parse(text)
  if not read then
    return nil, message, code
  end
  return text
end

return M
