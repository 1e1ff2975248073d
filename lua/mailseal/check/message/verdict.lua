--- What SPF and DMARC come to for a message, and the one verdict.
-- @module mailseal.check.message.verdict
local M = {}

local function is_aligned_pass(judged)
  return judged ~= nil and judged.result == "pass" and (judged.aligned == "strict" or judged.aligned == "relaxed")
end

local function aligned_dkim(dmarc)
  for _, judged in ipairs(dmarc.dkim) do
    if is_aligned_pass(judged) then
      return judged
    end
  end
end

--- Is the author's domain authenticated, whether or not it has a DMARC record?
-- @tparam table dmarc the result of `mailseal.dmarc.evaluate`
-- @treturn boolean
function M.is_authenticated(dmarc)
  if dmarc.result == "none" and not dmarc.authors then
    return aligned_dkim(dmarc) ~= nil or is_aligned_pass(dmarc.spf)
  end
  return dmarc.result == "pass"
end

-- What DKIM or SPF must sign or pass for to be aligned.
local function needed(dmarc, method)
  local found = dmarc.discovery
  local strict = found and found.parsed and found.parsed[method .. "_alignment"] == "strict"
  return not strict and found and found.organizational_domain or dmarc.domain
end

local function tell_alignment(context, dmarc)
  if aligned_dkim(dmarc) then
    return
  end
  for _, judged in ipairs(dmarc.dkim) do
    if judged.result == "pass" and judged.aligned == false then
      context:find("message_not_aligned", {
        domain = judged.domain, from = dmarc.domain, expected = needed(dmarc, "dkim"), found = judged.domain,
      })
    end
  end
end

-- ---- SPF

local function spf_fields(spf, facts)
  local seen = facts.list and facts.list.fields or facts.forwarded or facts.arc and { "ARC-Seal" }
  return {
    name = spf.domain, domain = spf.domain, ip = spf.ip, found = spf.result, what = spf.text, retry_at = spf.retry_at, fields = seen,
  }
end

local codes = {
  fail = "message_spf_failed", softfail = "message_spf_failed", neutral = "message_spf_neutral", none = "message_spf_neutral",
  permerror = "message_spf_unusable", temperror = "message_spf_undecided",
}

local function tell_spf(context, dmarc, spf, facts)
  local by_dkim, fields = aligned_dkim(dmarc) ~= nil, spf_fields(spf, facts)
  if spf.result == "pass" then
    if not by_dkim and dmarc.spf and dmarc.spf.aligned == false then
      fields.from, fields.expected, fields.found = dmarc.domain, needed(dmarc, "spf"), spf.domain
      context:find("message_spf_not_aligned", fields)
    end
  elseif spf.result == "temperror" then
    fields.retry_at = spf.retry_at or context.now + 60
    context:find(codes.temperror, fields)
  elseif by_dkim and (spf.result == "fail" or spf.result == "softfail") and fields.fields then
    context:find("message_spf_forwarded", fields)
  else
    context:find(codes[spf.result], fields)
  end
end

-- ---- DMARC

local function tell_dmarc(context, dmarc)
  if dmarc.result == "permerror" or dmarc.authors then
    context:find("message_no_author", { what = dmarc.text, found = dmarc.reason })
  elseif dmarc.result == "none" then
    context:find("message_no_dmarc", { name = "_dmarc." .. dmarc.domain, from = dmarc.domain, what = dmarc.text })
  elseif dmarc.result == "temperror" and not dmarc.discovery.parsed then
    context:find("message_dmarc_undecided", { name = dmarc.domain, from = dmarc.domain, retry_at = dmarc.retry_at or context.now + 60 })
  end
end

--- Tells what there is to say of alignment, SPF and DMARC.
-- @tparam table context see `mailseal.check.context`
-- @tparam table facts of the message: `list`, `forwarded`, `arc`
-- @tparam ?table spf the result of `mailseal.spf.check`
-- @tparam table dmarc the result of `mailseal.dmarc.evaluate`
function M.tell(context, facts, spf, dmarc)
  tell_dmarc(context, dmarc)
  tell_alignment(context, dmarc)
  if spf then
    tell_spf(context, dmarc, spf, facts)
  end
  if facts.arc and not M.is_authenticated(dmarc) then
    local last = facts.arc[#facts.arc]
    context:find("message_arc_seen", { found = last.claims, domain = last.domain or last.authserv_id })
  end
end

-- ---- The verdict

local wishes = {
  reject = "asks receivers to reject it", quarantine = "asks receivers to treat it as suspicious", none = "asks for nothing",
}

--- The one verdict: may a receiver take the message to be from whom its From field names?
-- @tparam table dmarc the result of `mailseal.dmarc.evaluate`
-- @treturn table `result`: "pass", "fail" or "unknown" (DNS did not say); and `text`, a sentence, whose names come from the message
function M.of(dmarc)
  if dmarc.result == "temperror" then
    return { result = "unknown", text = dmarc.text }
  elseif dmarc.result == "pass" then
    return { result = "pass", text = dmarc.text }
  elseif M.is_authenticated(dmarc) then
    local judged, method = aligned_dkim(dmarc), "DKIM"
    if not judged then
      judged, method = dmarc.spf, "SPF"
    end
    return {
      result = "pass", text = ("%s passes for %s, which is aligned with %s; no DMARC record applies"):format(method, judged.domain,
        dmarc.domain),
    }
  elseif dmarc.policy and dmarc.result == "fail" then
    return { result = "fail", text = ("%s; the policy of %s %s"):format(dmarc.text, dmarc.domain, wishes[dmarc.policy]) }
  elseif dmarc.domain and dmarc.result == "none" then
    return { result = "fail", text = ("nothing proves that the message is from %s, and no DMARC record applies"):format(dmarc.domain) }
  end
  return { result = "fail", text = dmarc.text }
end

return M
