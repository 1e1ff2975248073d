--- What comes of a check, in a sentence for people.
-- @module mailseal.spf.words
local M = {}

-- By result, where no reason says more.
local by_result = {
  pass = "{sender_domain} lets {ip} send its mail ({place})",
  fail = "{sender_domain} does not let {ip} send its mail ({place})",
  softfail = "{sender_domain} says that {ip} should probably not send its mail ({place})",
  neutral = "{sender_domain} does not say whether {ip} may send its mail ({place})",
  temperror = "the SPF record of {sender_domain} could not be evaluated: DNS gave no answer for {asked} ({reason}); a later try may tell",
}

-- By reason; those of a temperror are DNS's own.
local by_reason = {
  no_match = "nothing in the SPF record of {domain} is about {ip}, and it has no \"all\" to say what of the rest",
  bad_domain = "\"{sender_domain}\" is no domain name that mail can come from",
  no_domain = "{sender_domain} does not exist",
  no_record = "{sender_domain} has no SPF record",
  two_records = "{domain} has two SPF records or more, and so receivers use none",
  syntax = "the SPF record of {domain} is wrong{at}: {message}",
  too_many_lookups = "the SPF record of {sender_domain} makes receivers query for more than 10 terms; {term} of {domain} is one too many",
  too_many_void_lookups = "more than 2 terms that the SPF record of {sender_domain} leads to find nothing in DNS: "
    .. "{term} of {domain} is one too many",
  too_many_mx = "{term} in the SPF record of {domain} leads to more than 10 mail servers",
  include_no_record = "{term} in the SPF record of {domain} names a domain that has no SPF record",
  include_no_domain = "{term} in the SPF record of {domain} names a domain that does not exist",
  include_bad_domain = "{term} in the SPF record of {domain} names what is no domain name",
  redirect_no_record = "{term} in the SPF record of {domain} names a domain that has no SPF record",
  redirect_no_domain = "{term} in the SPF record of {domain} names a domain that does not exist",
  redirect_bad_domain = "{term} in the SPF record of {domain} names what is no domain name",
}

--- The sentence.
-- @tparam table verdict see `mailseal.spf.evaluate`
-- @tparam table facts see `mailseal.spf.facts`
-- @treturn string
function M.sentence(verdict, facts)
  local answer, term = verdict.answer, verdict.term or ""
  local is_own = verdict.domain:lower() == facts.sender_domain:lower()
  local fields = {
    at = verdict.term and (" at \"%s\""):format(term) or "",
    place = is_own and term or term .. " of " .. verdict.domain,
    domain = verdict.domain, term = term, ip = facts.ip, sender_domain = facts.sender_domain,
    message = verdict.message, reason = verdict.reason, asked = answer and answer.name .. " " .. answer.type,
  }
  local words = verdict.result ~= "temperror" and by_reason[verdict.reason] or by_result[verdict.result]
  return (words:gsub("{([%l_]+)}", fields))
end

return M
