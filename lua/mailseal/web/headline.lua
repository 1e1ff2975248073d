--- What is to be done about a domain now, in one sentence and what is to be known beside it.
-- @module mailseal.web.headline
local states = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

-- The statuses of records that somebody has to mend.
local is_wrong = { mismatch = true, conflicting = true }

local kinds = { found = "found", missing = "missing", propagating = "spreading", migrating = "old" }

-- What is told of them, in this order.
local told = {
  { "wrong", "not right" }, { "old", "out of date" }, { "missing", "missing" }, { "spreading", "spreading" },
  { "unknown", "not known yet" },
}

--- How many of a domain's required records stand how.
-- @tparam table domain as of `mailseal.onboard`
-- @treturn table `all`, `found`, `missing`, `wrong`, `old`, `spreading`, `unknown`; `open`: all but those that are found
function M.tally(domain)
  local tally = { all = 0, found = 0, missing = 0, wrong = 0, old = 0, spreading = 0, unknown = 0 }
  for _, record in ipairs(domain.records or {}) do
    if record.required then
      local status = record.status
      local is_misplaced = status == "missing" and states.has_cause(record, domain)
      local kind = (is_wrong[status] or is_misplaced) and "wrong" or kinds[status] or "unknown"
      tally.all, tally[kind] = tally.all + 1, tally[kind] + 1
    end
  end
  tally.open = tally.all - tally.found
  return tally
end

local function is_are(count) return count == 1 and "is" or "are" end

-- What is still open, shortly: "1 record is wrong, 2 are missing".
local function open_words(tally)
  local list = {}
  for _, kind in ipairs(told) do
    local count = tally[kind[1]]
    if count > 0 then
      local subject = #list == 0 and words.count(count, "record") or words.number(count)
      list[#list + 1] = ("%s %s %s"):format(subject, is_are(count), kind[2])
    end
  end
  return words.list(list)
end

local failures = {
  window_over = {
    "The records were not there in time", "Nobody looks for them any more. Publish what is missing, then start again: the records below "
      .. "stay valid unless they are shown anew.",
  },
  servers_differ = {
    "The domain's name servers never came to agree",
    "Some have the records and some do not, for longer than they may take. Whoever runs the DNS has to look at that; then start again.",
  },
  no_answer = {
    "DNS did not answer", "The domain's name servers gave no answer for the whole time. When they work again, start again.",
  },
  taken_over = {
    "Somebody else has proven that this domain is theirs",
    "If it is yours, start again: you get a fresh proof of ownership to publish, and with that it is yours again.",
  },
}

local function failed(domain)
  local known = failures[domain.reason] or { "The set-up has failed", "Look at the records below, then start again." }
  return { tone = "bad", title = known[1], text = known[2], action = "restart" }
end

local function paused(domain)
  local how = domain.restriction and " Its health restricts it besides." or ""
  return {
    tone = "off", title = "Sending is paused", action = "enable",
    text = "Mail from this domain is held until it is switched on again. Nothing is lost." .. how,
  }
end

local restrictions = {
  suspended = {
    "Sending is suspended", "Too many messages bounced or were complained about. Mail is held until the rates have come down.",
  },
  throttled = {
    "Sending is slowed down", "Too many messages bounced or were complained about. A limited number goes out each hour until the rates "
      .. "have come down; what is more is held.",
  },
}

local function verified(domain, tally)
  local restricted = restrictions[domain.restriction]
  if domain.enabled == false then
    return paused(domain)
  elseif (domain.negatives or 0) > 0 then
    return {
      tone = "warn", title = "Something that was there is gone: " .. open_words(tally), action = "verify",
      text = "The domain still counts as verified, and mail goes out. If that lasts for some hours it does not: publish what is missing "
        .. "again.",
    }
  elseif restricted then
    return { tone = "bad", title = restricted[1], text = restricted[2] }
  elseif domain.health == "warning" or domain.health == "critical" then
    return {
      tone = "warn", title = "Too many bounces or complaints", text = "Everything is in place, and mail goes out. Look at the health "
        .. "below before mailbox providers do.",
    }
  end
  if tally.open > 0 then
    return {
      tone = "wait", title = ("Mail goes out; %s to be published"):format(words.count(tally.open, "record") .. " " .. is_are(tally.open)),
      text = "What stands below is for what comes next. Nothing breaks until then.", action = "verify",
    }
  end
  return { tone = "ok", title = "Everything is in place", text = "Mail from this domain goes out signed. We go on watching the records." }
end

local function is_known(domain, code)
  for _, finding in ipairs(domain.findings or {}) do
    if finding.code == code then
      return true
    end
  end
  return false
end

local function unanswered(domain)
  local are_silent = is_known(domain, "name_servers_unreachable")
  return {
    tone = are_silent and "warn" or "wait", action = "verify",
    title = are_silent and "The domain's name servers do not answer" or "DNS gives no answer just now",
    text = "That says nothing about your records. We ask again by ourselves; if it lasts, tell whoever runs the domain's DNS.",
  }
end

local function begin(domain, tally, place)
  local gone = domain.reason == "lost"
  return {
    tone = gone and "warn" or "wait", action = "verify",
    title = gone and "Publish the records again" or ("Publish %s%s"):format(words.count(tally.open, "record"), place),
    text = "Add what stands below to the domain's DNS. We look for it by ourselves, and you can check at any time.",
  }
end

local function pending(domain, tally, place)
  if not domain.checked_at or tally.missing == tally.all then
    return begin(domain, tally, place)
  elseif tally.wrong + tally.old > 0 then
    return {
      tone = tally.wrong > 0 and "bad" or "warn", title = words.capital(open_words(tally)), action = "verify",
      text = "Below is what DNS shows, why that does not work, and what to enter in its place.",
    }
  elseif tally.missing > 0 then
    local done = tally.found > 0 and ("%s of %d %s there already. "):format(words.number(tally.found), tally.all, is_are(tally.found)) or ""
    return {
      tone = "wait", title = words.capital(open_words(tally)), action = "verify", text = done .. "Add the rest as it stands below; "
        .. "if you have done so just now, it may take some minutes to be seen.",
    }
  elseif tally.spreading > 0 then
    return {
      tone = "wait", title = "Almost there: the name servers are catching up", action = "verify",
      text = "Some of the domain's name servers have the new records, and some do not yet. There is nothing for you to do.",
    }
  elseif tally.unknown > 0 then
    return unanswered(domain)
  end
  return {
    tone = "wait", title = "All records are there", action = "verify",
    text = "The next look confirms that with the domain's own name servers.",
  }
end

--- What is to be done.
-- @tparam table domain as of `mailseal.onboard`
-- @tparam ?string host_name what the DNS host is called
-- @treturn table `tone`, `title`, `text`; `action`: "verify", "restart" or "enable", or nil
function M.of(domain, host_name)
  local tally = M.tally(domain)
  if domain.status == "failed" then
    return failed(domain)
  elseif domain.status == "verified" then
    return verified(domain, tally)
  end
  return pending(domain, tally, host_name and " at " .. host_name or "")
end

--- The same in a few words, for a list; nil where there is nothing to do.
-- @tparam table domain
-- @treturn ?string
function M.brief(domain)
  local tally = M.tally(domain)
  if domain.status == "failed" then
    return failed(domain).title
  elseif domain.status == "verified" and domain.enabled ~= false and (domain.negatives or 0) == 0 then
    local restricted = restrictions[domain.restriction]
    return tally.open > 0 and ("%s to publish"):format(words.count(tally.open, "record")) or restricted and restricted[1] or nil
  elseif domain.enabled == false then
    return "Sending is paused"
  elseif domain.status == "pending" and (not domain.checked_at or tally.missing == tally.all) then
    return ("%s to publish"):format(words.count(tally.open, "record"))
  elseif tally.open > 0 and tally.unknown == tally.open then
    return unanswered(domain).title
  end
  return tally.open > 0 and words.capital(open_words(tally)) or nil
end

return M
