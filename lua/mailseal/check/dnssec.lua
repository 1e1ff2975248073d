--- Is the domain's zone signed, and does that hold (RFC 4033 §5, RFC 4035)?
--
-- What a validating resolver finds wrong nobody behind one gets to see, the mail records with it. Which of the two sides is at
-- fault, the DS records above or the keys below, is told by asking once more without validation.
-- @module mailseal.check.dnssec
local core = require "mailseal.core".dns
local definitive = require "mailseal.dns.answer".definitive

local M = {}

local WITH_SIGNATURES = { dnssec_ok = true }
local UNCHECKED = { dnssec_ok = true, checking_disabled = true }

-- The number by which a DS record names a key (RFC 4034 appendix B); of algorithm 1, which nobody uses any more, another one.
local function key_tag(record)
  local fields = ("%d %d %d"):format(record.flags, record.protocol, record.algorithm)
  local flags, protocol, algorithm = fields:match "(%d+) (%d+) (%d+)"
  local data = core.rdata("DNSKEY", { flags, protocol, algorithm, record.key })
  local sum = 0
  for i = 1, #data do
    sum = sum + data:byte(i) * (i % 2 == 1 and 256 or 1)
  end
  return (sum + math.floor(sum / 65536)) % 65536
end

local function label(tag, algorithm)
  return ("%d of algorithm %d"):format(tag, algorithm)
end

-- Keys and DS records, written so that those of one key are the same.
local function labels_of(answer)
  local labels = {}
  for i, record in ipairs(answer.records) do
    labels[i] = label(record.key_tag or key_tag(record), record.algorithm)
  end
  table.sort(labels)
  return labels
end

local function have_one_in_common(a, b)
  local has = {}
  for _, item in ipairs(a) do
    has[item] = true
  end
  for _, item in ipairs(b) do
    if has[item] then
      return true
    end
  end
  return false
end

-- What is to be known of the zone that the domain is in.
local function ask(context, options)
  local name = context.domain
  local answers = context:asks { { name, "SOA", options }, { name, "DNSKEY", options }, { name, "DS", options } }
  local seen = { soa = answers[1], keys = answers[2], ds = answers[3], zone = name }
  if seen.soa.zone and seen.soa.zone ~= name then
    seen.zone = seen.soa.zone
    answers = context:asks { { seen.zone, "DNSKEY", options }, { seen.zone, "DS", options } }
    seen.keys, seen.ds = answers[1], answers[2]
  end
  return seen
end

-- The first answer of a temporary status.
local function fault_of(seen)
  for _, part in ipairs { "soa", "keys", "ds" } do
    if not definitive[seen[part].status] then
      return seen[part]
    end
  end
end

-- What is wrong between the DS records and the zone, if anything; a resolver that leaves out signatures leaves them out of the
-- answer about the DS records as well.
local function problem_of(seen, keys, ds)
  if #ds == 0 then
    return nil
  elseif #keys == 0 then
    return "dnssec_ds_without_keys"
  elseif not have_one_in_common(keys, ds) then
    return "dnssec_ds_of_other_keys"
  elseif seen.ds.signed and not seen.soa.signed then
    return "dnssec_not_signed"
  end
end

local function state_of(seen, keys, ds)
  if #ds > 0 then
    return seen.soa.authentic and "validated" or "signed"
  end
  return #keys > 0 and "island" or "unsigned"
end

local advice = { unsigned = "dnssec_unsigned", island = "dnssec_no_ds" }

--- Looks at the DNSSEC state of the zone that the domain is in.
-- @tparam table context see `mailseal.check.context`
-- @treturn table
--
-- - `state`: "validated" (a resolver that validates says that it holds), "signed" (the resolver does not validate), "unsigned",
--   "island" (signed, but nothing above vouches for its keys), "broken" (DS records and zone do not fit each other), "bogus" (it
--   does not validate, and why is not to be seen from here) or "unknown" (a temporary fault)
-- - `zone`: which zone that is
-- - `keys`, `ds`: lists of the keys' tags and algorithms, as the zone and its parent have them
function M.look(context)
  local seen = ask(context, WITH_SIGNATURES)
  local fault = fault_of(seen)
  if fault and fault.status == "bogus" then
    seen = ask(context, UNCHECKED)
  end
  local keys, ds = labels_of(seen.keys), labels_of(seen.ds)
  local result = { zone = seen.zone, keys = keys, ds = ds }
  local problem = not fault_of(seen) and problem_of(seen, keys, ds)
  if problem then
    result.state = "broken"
    context:find(problem, { name = seen.zone, expected = ds, found = #keys > 0 and keys or nil })
  elseif fault then
    result.state = fault.status == "bogus" and "bogus" or "unknown"
    context:temporary(fault)
  else
    result.state = state_of(seen, keys, ds)
    if advice[result.state] and seen.soa.status ~= "nxdomain" then
      context:find(advice[result.state], { name = seen.zone })
    end
  end
  return result
end

return M
