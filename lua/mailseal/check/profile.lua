--- Does a domain, or a message, meet what Gmail, Yahoo and Microsoft ask of who sends in bulk?
--
-- What they ask is told in `mailseal.check.bulk_senders`, each requirement with its source. Here a judge for each subject says whether
-- it is met: true, false, or nil with why that cannot be told from here.
-- @module mailseal.check.profile
local bulk_senders = require "mailseal.check.bulk_senders"
local judges = require "mailseal.check.bulk_judges"
local unsubscribe = require "mailseal.check.unsubscribe"

local M = {}

-- Subjects whose requirement, where it is not met, is a finding of its own. The others nobody here can see, but for the size of keys:
-- of one that is too small the lint tells.
local codes = {
  spf = "profile_spf", dkim = "profile_dkim", dmarc = "profile_dmarc", alignment = "profile_alignment", reverse = "profile_reverse",
  impersonation = "profile_impersonation", replies = "profile_replies",
}

-- Of a message, what the check of it does not tell anyway: of one with a good signature, for what became of others on their way says
-- nothing of how they were sent.
local message_codes = { one_click = "profile_one_click", one_click_or_mail = "profile_list_unsubscribe" }

local function codes_of(context)
  if not context.message then
    return codes
  end
  for _, result in ipairs(context.message.dkim) do
    if result.result == "pass" then
      return message_codes
    end
  end
  return {}
end

--- Judges each requirement.
-- @tparam table facts `domain`, and where they are known `spf`, `dkim`, `dmarc`, `reverse` and `mx`, the tables of these aspects;
--   of a message `message` (`text`, `dkim`: the results of its verification, `spf`: that of `spf.check`, `dmarc`: that of
--   `dmarc.evaluate`)
-- @treturn {table,...} the requirements of `mailseal.check.bulk_senders`, each with its `id`, `receiver`, `subject`, `asks`,
--   `recommended`, `source`; and `met`: true, false, or nil where it cannot be told, with `why` where it is not true
function M.judge(facts)
  if facts.message and not facts.unsubscribe then
    facts.unsubscribe = unsubscribe.look(facts.message.text, facts.message.dkim)
  end
  local judged = {}
  for i, requirement in ipairs(bulk_senders.requirements) do
    local entry = {}
    for field, value in pairs(requirement) do
      entry[field] = value
    end
    local met, why = judges[requirement.subject](facts)
    entry.met = met
    entry.why = not met and why or nil
    judged[i] = entry
  end
  return judged
end

-- "Gmail asks", "Gmail and Yahoo ask", "Gmail, Yahoo and Outlook.com ask".
local function who_asks(receivers)
  local n = #receivers
  if n == 1 then
    return receivers[1] .. " asks"
  end
  return ("%s and %s ask"):format(table.concat(receivers, ", ", 1, n - 1), receivers[n])
end

-- One finding for all receivers that ask the same.
local function tell(context, judged)
  local told, known = {}, codes_of(context)
  for _, entry in ipairs(judged) do
    if entry.met == false and known[entry.subject] then
      local fields = told[entry.subject]
      if not fields then
        fields = { name = context.domain, found = entry.why, where = {} }
        told[entry.subject], told[#told + 1] = fields, entry.subject
      end
      fields.where[#fields.where + 1] = entry.receiver
    end
  end
  for _, subject in ipairs(told) do
    local fields = told[subject]
    fields.who = who_asks(fields.where)
    context:find(known[subject], fields)
  end
end

--- Judges the domain by what the other aspects of the check have seen.
-- @tparam table context see `mailseal.check.context`; in the check of a message, its field `message` is as of @{judge}
-- @treturn table `requirements`, as of @{judge}; `receivers`: who counts as a bulk sender where, see `mailseal.check.bulk_senders`
function M.look(context)
  local facts = { domain = context.domain, message = context.message }
  for _, aspect in ipairs { "spf", "dkim", "dmarc", "reverse", "mx" } do
    facts[aspect] = context:aspect(aspect)
  end
  local judged = M.judge(facts)
  if not (facts.mx and facts.mx.status == "nxdomain") then -- of a domain that does not exist, that is told
    tell(context, judged)
  end
  return { requirements = judged, receivers = bulk_senders.receivers }
end

return M
