--- The MTA-STS policy (RFC 8461 §3.2): the text at `https://mta-sts.<domain>/.well-known/mta-sts.txt`, which names the hosts
-- that take a domain's mail over TLS. Behind `mailseal.record`, as the kind "mta_sts_policy".
-- @module mailseal.record.mta_sts_policy
local core = require "mailseal.core".record
local tags = require "mailseal.record.tags"

local M = {}

local function check_text(text, level)
  if type(text) == "table" and #text == 1 then -- as `mailseal.record` hands on the text of every kind
    text = text[1]
  end
  if type(text) ~= "string" then
    error("a policy's text expected, got " .. type(text), level + 1)
  end
  return text
end

--- Reads a policy as a sender does (§3.2).
-- @tparam string text
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
  return tags.verdict(core.lint_mta_sts_policy(check_text(text, 2)))
end

--- Says what is wrong with a policy and how to mend it.
-- @tparam string text
-- @treturn {table,...} the findings: see `mailseal.record.lint`
-- @treturn ?table the policy as of @{parse}, or nil where a finding is an error
function M.lint(text)
  return core.lint_mta_sts_policy(check_text(text, 2))
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

-- May it stand in a line without being read as something else?
local function is_value(value)
  return (type(value) == "string" or type(value) == "number") and not tostring(value):find("%c")
end

--- Writes a policy, with lines that end in CRLF.
-- @tparam table policy of the form that @{parse} gives: `mode`, `max_age`, `mx`, and `others` where there are any
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "bad_value" (a value is missing or holds a control character), or a code as of @{parse}
function M.write(policy)
  local lines = {
    { name = "version", value = "STSv1" },
    { name = "mode", value = policy.mode },
  }
  for _, pattern in ipairs(policy.mx or {}) do
    lines[#lines + 1] = { name = "mx", value = pattern }
  end
  lines[#lines + 1] = { name = "max_age", value = type(policy.max_age) == "number" and ("%.0f"):format(policy.max_age) or policy.max_age }
  for _, line in ipairs(policy.others or {}) do
    lines[#lines + 1] = line
  end
  local pieces = {}
  for i, line in ipairs(lines) do
    if not is_value(line.value) then
      return nil, ("the value of %s is missing, or holds a control character"):format(tostring(line.name)), "bad_value"
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
