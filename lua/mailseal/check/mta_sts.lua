--- MTA-STS: does the domain ask senders to hand over mail by TLS alone, and do its receiving hosts fit that (RFC 8461)?
--
-- The policy itself stands on a web server. Nothing is fetched here: who has fetched it gives its text in the option
-- `mta_sts_policy`.
-- @module mailseal.check.mta_sts
local allows = require "mailseal.record.mta_sts_policy".allows
local definitive = require "mailseal.dns.answer".definitive
local is_address = require "mailseal.check.mx".is_address
local record = require "mailseal.record"
local text_record = require "mailseal.check.text_record"

local M = {}

-- In which mode a host that is not listed matters how.
local unlisted = { enforce = "mta_sts_mx_not_listed", testing = "mta_sts_mx_not_listed_in_test" }

local function compare_hosts(context, policy)
  local mx = context:ask(context.domain, "MX")
  if not unlisted[policy.mode] or context:temporary(mx) then
    return
  end
  local missing = {}
  for _, entry in ipairs(mx.records) do
    if entry.exchange ~= "." and not is_address(entry.exchange) and not allows(policy, entry.exchange) then
      missing[#missing + 1] = entry.exchange
    end
  end
  table.sort(missing)
  if #missing > 0 then
    context:find(unlisted[policy.mode], { name = context.domain, found = missing, expected = policy.mx })
  end
end

local function look_at_policy(context, text)
  local name = "mta-sts." .. context.domain
  local findings, policy = record.lint("mta_sts_policy", text)
  context:lint(findings, { name = name })
  if policy then
    compare_hosts(context, policy)
  end
  return policy
end

-- The policy cannot be had where its host has no address (§3.3).
local function look_at_host(context)
  local name = "mta-sts." .. context.domain
  local has, unsure = false, nil
  for _, answer in ipairs(context:asks { { name, "A" }, { name, "AAAA" } }) do
    has = has or answer.status == "ok"
    unsure = unsure or not definitive[answer.status] and answer
  end
  if has then
    return true
  elseif unsure then
    context:temporary(unsure)
    return nil
  end
  context:find("mta_sts_no_host", { name = name })
  return false
end

--- Looks at the domain's MTA-STS record, and at its policy where the caller has it.
-- @tparam table context see `mailseal.check.context`; of its options `mta_sts_policy`: the policy's text
-- @treturn table as of `look` of `mailseal.check.text_record`, and
--
-- - `policy`: as of `mailseal.record`, where a text was given that can be used
-- - `host`: does the policy's host have an address? nil where there is no record, or DNS does not say
function M.look(context)
  local result = text_record.look(context, {
    name = "_mta-sts." .. context.domain, kind = "mta_sts", version = "STSv1",
    two = "mta_sts_two_records", missing = "mta_sts_missing",
  })
  if result.state == "ok" then
    result.host = look_at_host(context)
  end
  local policy = context.options.mta_sts_policy
  if policy then
    result.policy = look_at_policy(context, policy)
  end
  return result
end

return M
