--- What there is to say of a message's signatures.
-- @module mailseal.check.message.signatures
local M = {}

-- Fields that a reader sees or a thread hangs on: a signature that leaves one out lets anybody change it.
local important = { "from", "to", "subject", "date", "message-id" }

-- ---- What was changed on the way: a finding for each kind of change.

local changed = {
  body = {
    white_space = "message_white_space_changed", lines = "message_lines_changed", line_ends = "message_line_ends_changed",
    escaped = "message_lines_escaped", reencoded = "message_body_reencoded", footer = "message_footer_added",
    wrapped = "message_footer_added", banner = "message_banner_added", cut = "message_body_cut", unknown = "message_body_changed",
  },
  header = {
    white_space = "message_white_space_changed", subject_prefix = "message_subject_prefixed", fields_added = "message_fields_added",
    fields_changed = "message_fields_changed", encoding = "message_body_reencoded", other_key = "message_other_key",
    unknown = "message_header_changed", unknown_or_key = "message_header_or_key",
  },
}

-- What a finding is about is the key's name only where the key may be at fault.
local of_key = { other_key = true, unknown_or_key = true }

local function tell_change(context, facts, result, change)
  context:find(changed[change.part][change.kind], {
    name = of_key[change.kind] and result.key_name or nil,
    domain = result.domain, part = change.part, what = change.what, canonicalization = result.canonicalization,
    expected = change.from, found = change.to or change.found, octets = change.octets, fields = change.fields, where = change.where,
    hint = facts.list and "it came through a mailing list" or facts.forwarded and "it was forwarded" or nil,
  })
end

-- Each change once, though several signatures show it, and of one that two codes share (the encoding, in the header and in
-- the body) the one that says more.
local function tell_changes(context, facts, result, told)
  for _, change in ipairs(result.changes or {}) do
    local code = changed[change.part][change.kind]
    if not told[code] then
      told[code] = true
      tell_change(context, facts, result, change)
    end
  end
end

-- ---- What a signature says of itself.

local function tell_unsigned(context, facts, result)
  local covered, missing = {}, {}
  for name in result.headers:gmatch "[^:]+" do
    covered[name:lower()] = true
  end
  for _, name in ipairs(important) do
    if facts.present[name] and not covered[name] then
      missing[#missing + 1] = name
    end
  end
  if #missing > 0 then
    context:find("message_fields_unsigned", { domain = result.domain, fields = missing, found = result.headers })
  end
end

local function tell_length(context, result)
  if not result.body_length then
    return
  elseif (result.octets_unsigned or 0) > 0 then
    context:find("message_body_partly_signed", {
      domain = result.domain, octets = result.octets_unsigned, found = "l=" .. result.body_length,
    })
  else
    context:find("message_length_tag", { domain = result.domain, found = "l=" .. result.body_length })
  end
end

local function date(seconds)
  return seconds < 2 ^ 40 and os.date("!%Y-%m-%d %H:%M:%S UTC", seconds) or "beyond any calendar"
end

-- ---- Why it does not pass, where the message has no part in it.

local keys = {
  key_name_missing = "message_key_missing", key_record_missing = "message_key_missing", key_not_a_key = "message_key_missing",
  key_revoked = "message_key_revoked",
}
local handled = {
  body_hash_mismatch = true, body_shorter_than_signed = true, signature_mismatch = true, body_partly_signed = true,
}

local function tell_reason(context, facts, result)
  local reason = result.reason
  local fields = { name = result.key_name, domain = result.domain, what = result.text }
  if result.result == "temperror" then
    local answer = context:ask(result.key_name, "TXT")
    if not answer or not context:temporary(answer, result.key_name) then
      context:temporary({ status = "servfail", type = "TXT" }, result.key_name) -- it could not be asked at all
    end
  elseif reason == "expired" then
    fields.found, fields.expected = date(result.expiration), date(facts.now)
    context:find("message_expired", fields)
  elseif keys[reason] then
    context:find(keys[reason], fields)
  elseif reason == "key_type_mismatch" then
    fields.found = result.algorithm
    context:find("message_key_of_other_kind", fields)
  elseif reason:find "^key_" then
    context:find("message_key_unusable", fields)
  elseif not handled[reason] then
    context:find("message_signature_invalid", fields)
  end
end

-- Of a signature that passes, or would if the message were as it was.
local function tell_properties(context, facts, result)
  if result.testing then
    context:find("message_key_testing", { name = result.key_name, domain = result.domain })
  end
  if result.in_future then
    context:find("message_from_future", { domain = result.domain, found = date(result.timestamp), expected = date(facts.now) })
  end
  tell_length(context, result)
  if result.headers then
    tell_unsigned(context, facts, result)
  end
end

--- Tells what there is to say of the signatures.
-- @tparam table context see `mailseal.check.context`
-- @tparam table facts of the message: `present` (names of its fields, in lower case), `list`, `now`
-- @tparam {table,...} results of `mailseal.dkim.verify`, with `changes`
function M.tell(context, facts, results)
  local told = {}
  if #results == 0 then
    context:find("message_not_signed", {})
  end
  for _, result in ipairs(results) do
    if result.reason then
      tell_reason(context, facts, result)
    end
    tell_changes(context, facts, result, told)
    if result.key_bits then
      tell_properties(context, facts, result)
    end
  end
  if results.ignored then
    context:find("message_signatures_ignored", { found = results.ignored })
  end
end

return M
