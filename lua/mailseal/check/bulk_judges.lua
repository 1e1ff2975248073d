--- Is what large receivers ask of bulk senders met? A judge for each subject of `mailseal.check.bulk_senders`.
--
-- A judge is given the facts (see `judge` of `mailseal.check.profile`) and says true, false, or nil where that cannot be told; and in
-- a second value why, where it is not true.
-- @module mailseal.check.bulk_judges
local message = require "mailseal.message"

local KEY_BITS_LEAST = 1024

-- What SPF says of the addresses that mail is sent from, which may be by the record of another return address.
local function judge_results(results)
  for _, result in ipairs(results) do
    if result.result == "temperror" then
      return nil, "DNS did not answer for SPF"
    elseif result.result == "none" then
      return false, "there is no SPF record"
    elseif result.result ~= "pass" then
      return false, ("SPF says %s of %s"):format(result.result, result.address)
    end
  end
  return true
end

local function judge_spf(facts)
  if facts.message then
    local result = facts.message.spf and facts.message.spf.result
    if not result then
      return nil, "the address that the message came from is not known"
    elseif result == "temperror" then
      return nil, "DNS did not answer for SPF"
    end
    return result == "pass", "SPF says " .. result
  end
  local spf = facts.spf
  if not spf then
    return nil, "SPF was not looked at"
  elseif #spf.results > 0 then
    return judge_results(spf.results)
  elseif spf.state == "unknown" then
    return nil, "DNS did not answer for SPF"
  elseif spf.state == "none" then
    return false, "there is no SPF record"
  end
  local is_unfit = not facts.domain:find(".", 1, true)
  return spf.state == "ok", is_unfit and "receivers do not look at SPF for a domain of one label" or "the SPF record cannot be used"
end

-- Key states that may yet turn out well.
local undecided = { unknown = true, missing = true, propagating = true }

-- The size of the best key that can be used, as one of RSA; and whether one is still not known.
local function usable_keys(dkim)
  local bits, unsure = nil, false
  for _, selector in ipairs(dkim.selectors) do
    local key = selector.state == "found" and selector.key
    if key then
      bits = math.max(bits or 0, key.type == "ed25519" and KEY_BITS_LEAST or key.bits)
    end
    unsure = unsure or undecided[selector.state] or false
  end
  return bits, unsure
end

local function judge_dkim(facts)
  if facts.message then
    local why = "the message has no signature"
    for _, result in ipairs(facts.message.dkim or {}) do
      if result.result == "pass" then
        return true
      end
      why = "no signature passes"
    end
    return false, why
  end
  if not facts.dkim or #facts.dkim.selectors == 0 then
    return nil, "no selector is known"
  end
  local bits, unsure = usable_keys(facts.dkim)
  if bits then
    return true
  elseif unsure then
    return nil, "no key is to be seen yet at the selectors"
  end
  return false, "the selectors have no key that is right and can be used"
end

local function judge_key_size(facts)
  local bits
  if facts.message then
    for _, result in ipairs(facts.message.dkim or {}) do
      if result.result == "pass" then
        bits = math.max(bits or 0, (result.algorithm or ""):find "^ed25519" and KEY_BITS_LEAST or result.key_bits or 0)
      end
    end
  elseif facts.dkim then
    bits = usable_keys(facts.dkim)
  end
  if not bits then
    return nil, "no key is known that can be used"
  end
  return bits >= KEY_BITS_LEAST, ("the key has %d bits"):format(bits)
end

local function judge_dmarc(facts)
  local dmarc = facts.dmarc or facts.message and facts.message.dmarc and facts.message.dmarc.discovery
  if not dmarc then
    return nil, "DMARC was not looked at"
  elseif dmarc.result == "temperror" then
    return nil, "DNS did not answer for DMARC"
  elseif dmarc.result ~= "found" then
    return false, "there is no DMARC record that can be used"
  end
  return true
end

local function judge_alignment(facts)
  if facts.message then
    local result = facts.message.dmarc and facts.message.dmarc.result
    if result == "pass" or result == "fail" then
      return result == "pass", "neither SPF nor DKIM passes for a domain that is aligned with that in From"
    end
    return nil, "DMARC says nothing of the message"
  end
  local dmarc = facts.dmarc
  if not dmarc or dmarc.result ~= "found" then
    return nil, "there is no DMARC record to align with"
  end
  local reach = dmarc.alignment
  if reach.dkim or reach.spf then
    return true
  elseif reach.dkim == false and reach.spf == false then
    return false, "neither SPF nor DKIM can pass for a domain that is aligned with that in From"
  end
  return nil, "neither selectors nor the domain of the return address tell what would be aligned"
end

local function judge_reverse(facts)
  if not facts.reverse or #facts.reverse == 0 then
    return nil, "no sending address is known"
  end
  local unsure
  for _, reverse in ipairs(facts.reverse) do
    if reverse.status == "nodata" or reverse.status == "nxdomain" then
      return false, reverse.address .. " has no name"
    elseif reverse.status == "unconfirmed" then
      return false, ("the name of %s does not lead back to it"):format(reverse.address)
    end
    unsure = unsure or reverse.status ~= "ok"
  end
  if unsure then
    return nil, "DNS did not answer for the names of the addresses"
  end
  return true
end

local function judge_tls()
  return nil, "how messages are handed over is not to be seen in DNS"
end

local function judge_spam_rate()
  return nil, "only the receiver counts complaints: see its tools for postmasters"
end

local function judge_unsubscribe_time()
  return nil, "only sending shows it"
end

local function judge_visible_link()
  return nil, "the body of messages is not looked at"
end

local function judge_format(facts)
  if not facts.message then
    return nil, "no message was given"
  end
  local findings, refusal = message.lint(facts.message.text)
  if #findings == 0 or findings[1].severity ~= "error" then
    return true
  end
  return false, refusal
end

local gmail_domains = { ["gmail.com"] = true, ["googlemail.com"] = true }

local function judge_impersonation(facts)
  return not gmail_domains[facts.domain], "mail of these domains comes from Gmail alone"
end

-- Only marketing needs it, and whether a message is that nobody can see.
local function judge_one_click(facts)
  local found = facts.unsubscribe
  if not found then
    return nil, "no message was given"
  elseif found.reason == "no_field" then
    return nil, found.text .. ", which marketing and subscribed messages need"
  end
  return found.met, found.text
end

local function judge_one_click_or_mail(facts)
  if facts.unsubscribe and facts.unsubscribe.by_mail then
    return true
  end
  return judge_one_click(facts)
end

local function judge_replies(facts)
  local mx = facts.mx
  if not mx then
    return nil, "MX was not looked at"
  elseif mx.null and not mx.sends then
    return nil, "nothing says that mail is sent as the domain"
  elseif mx.null then
    return false, "the domain says that it receives no mail"
  end
  local hosts, unsure = mx.own and { mx.own } or mx.hosts, mx.status ~= "ok" and mx.status ~= "nodata" and mx.status ~= "nxdomain"
  for _, host in ipairs(hosts) do
    if host.status == "ok" then
      return true
    end
    unsure = unsure or not (host.status == "nodata" or host.status == "nxdomain" or host.status == "address")
  end
  if unsure then
    return nil, "DNS did not answer for MX"
  end
  return false, "no host receives mail for the domain"
end

return {
  spf = judge_spf,
  dkim = judge_dkim,
  key_size = judge_key_size,
  dmarc = judge_dmarc,
  alignment = judge_alignment,
  reverse = judge_reverse,
  tls = judge_tls,
  spam_rate = judge_spam_rate,
  unsubscribe_time = judge_unsubscribe_time,
  visible_link = judge_visible_link,
  format = judge_format,
  impersonation = judge_impersonation,
  one_click = judge_one_click,
  one_click_or_mail = judge_one_click_or_mail,
  replies = judge_replies,
  list_hygiene = judge_unsubscribe_time,
  transparency = judge_visible_link,
}
