--- What each mechanism of a record matches, and what a term may ask to find out (RFC 7208 §4.6.4, §5).
--
-- What two readers may do differently, this one does so:
-- - A term is one void look-up however many of its questions find nothing, for the limit is one of terms (§4.6.4): an `mx` whose
--   three hosts have no IPv6 address does not break the policy for a client that has one.
-- - More than ten MX records are a permanent error before any of their hosts is asked, so that it does not depend on their order.
-- - A name that macros made and that DNS cannot be asked for does not match (§4.8); as an include's it has no record.
-- - PTR names that could not match are not asked for their addresses. %{p} is no look-up of its own.
-- @module mailseal.spf.mechanisms
local definitive = require "mailseal.dns.answer".definitive
local facts_of = require "mailseal.spf.facts"
local pointers = require "mailseal.spf.pointers"

local octets_of, same_network = facts_of.octets, facts_of.same_network

local M = {}

--- How many terms of an evaluation may query (§4.6.4).
M.LOOKUPS_MAX = 10

--- How many of these may find nothing (§4.6.4).
M.VOID_LOOKUPS_MAX = 2

-- Of one mx, how many hosts may be asked for their addresses.
local HOSTS_MAX = 10

-- ---- verdicts

--- The verdict that a record cannot be used.
-- @tparam string reason see `mailseal.spf`
-- @tparam table entry of the trace
-- @treturn table see `mailseal.spf.evaluate`
function M.permanent(reason, entry)
  return { result = "permerror", reason = reason, domain = entry.domain, term = entry.term }
end

--- The verdict that DNS gave no answer.
-- @tparam table answer that one
-- @tparam table entry of the trace
-- @treturn table
function M.temporary(answer, entry)
  return {
    result = "temperror", reason = answer.reason or answer.status, domain = entry.domain, term = entry.term, answer = answer,
  }
end

local permanent = M.permanent

-- ---- what a term may ask

--- Counts a term that queries.
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam table entry of the trace
-- @treturn ?table a verdict where there are too many
function M.count(self, entry)
  self.lookups = self.lookups + 1
  entry.lookup = self.lookups
  return self.lookups > M.LOOKUPS_MAX and permanent("too_many_lookups", entry) or nil
end

-- Counts a term, once, of whose questions one found nothing; a verdict where there are too many.
local function count_void(self, entry)
  if entry.void then
    return nil
  end
  entry.void = true
  self.void_lookups = self.void_lookups + 1
  return self.void_lookups > M.VOID_LOOKUPS_MAX and permanent("too_many_void_lookups", entry) or nil
end

-- The records that a question finds; or nil and a verdict.
local function look_up(self, entry, name, kind)
  local answer = self.questions:ask(name, kind)
  if not definitive[answer.status] then
    return nil, M.temporary(answer, entry)
  end
  local verdict = not answer.records[1] and count_void(self, entry)
  if verdict then
    return nil, verdict
  end
  return answer.records
end

--- Finds the name that a term is about, and notes it in the trace.
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam table entry of the trace; gets `target`, or `why` there is none
-- @tparam ?string spec the term's domain-spec
-- @tparam string name whose record the term stands in
-- @treturn ?string
-- @treturn ?table a verdict where that is the end
function M.target(self, entry, spec, name)
  local verdict
  entry.target, entry.why = facts_of.target(self.facts, spec, name, function()
    local found, void = pointers.name(self, name)
    verdict = void and count_void(self, entry) or nil
    return found
  end)
  return not verdict and entry.target or nil, verdict
end

-- ---- each says whether it matches; or nil and a verdict

-- Is the client in one of the networks that a term and these addresses make?
local function has_client(self, term, addresses)
  local client = self.facts.octets
  local bits = #client == 4 and (term.prefix4 or 32) or #client == 16 and (term.prefix6 or 128)
  for _, record in ipairs(addresses) do
    if same_network(client, octets_of(record.address, record.type), bits) then
      return true
    end
  end
  return false
end

local function all()
  return true
end

local function ip4(self, term)
  return same_network(self.facts.octets, octets_of(term.address, "A"), term.prefix4 or 32)
end

local function ip6(self, term)
  return same_network(self.facts.octets, octets_of(term.address, "AAAA"), term.prefix6 or 128)
end

local function a(self, term, entry)
  local addresses, verdict = look_up(self, entry, entry.target, self.address_type)
  if not addresses then
    return nil, verdict
  end
  return has_client(self, term, addresses)
end

-- Has one of the hosts the client's address? They are asked one after the other, while none has.
local function any_host_has_client(self, term, entry, hosts)
  for _, host in ipairs(hosts) do
    if host.exchange ~= "." then -- RFC 7505
      local addresses, verdict = look_up(self, entry, host.exchange, self.address_type)
      if not addresses then
        return nil, verdict
      elseif has_client(self, term, addresses) then
        return true
      end
    end
  end
  return false
end

local function mx(self, term, entry)
  local hosts, verdict = look_up(self, entry, entry.target, "MX")
  if not hosts then
    return nil, verdict
  elseif #hosts > HOSTS_MAX then
    return nil, permanent("too_many_mx", entry)
  end
  return any_host_has_client(self, term, entry, hosts)
end

local function exists(self, _, entry)
  local addresses, verdict = look_up(self, entry, entry.target, "A")
  if not addresses then
    return nil, verdict
  end
  return addresses[1] ~= nil
end

local function ptr(self, _, entry)
  local matches, void = pointers.any_within(self, entry.target)
  local verdict = void and count_void(self, entry)
  if verdict then
    return nil, verdict
  end
  return matches
end

-- What the result of the record there comes to (§5.2): a match, none, or the same error.
local function include(self, _, entry)
  local verdict = self.check_host(self, entry.target, entry.depth + 1)
  entry.result = verdict.result
  if verdict.result == "none" then
    return nil, permanent("include_" .. verdict.reason, entry)
  elseif verdict.result == "permerror" or verdict.result == "temperror" then
    return nil, verdict
  end
  return verdict.result == "pass"
end

local matchers = { all = all, ip4 = ip4, ip6 = ip6, a = a, mx = mx, exists = exists, ptr = ptr, include = include }
local queries = { a = true, mx = true, exists = true, ptr = true, include = true }

--- Evaluates a mechanism.
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam table term see `mailseal.record.spf`
-- @tparam table entry of the trace
-- @tparam string name whose record it stands in
-- @treturn ?boolean does it match? Nil where the evaluation ends here, or the term is passed over
-- @treturn ?table the verdict where it ends
function M.evaluate(self, term, entry, name)
  if not queries[term.name] then
    return matchers[term.name](self, term)
  end
  local verdict = M.count(self, entry)
  if verdict then
    return nil, verdict
  end
  local found
  found, verdict = M.target(self, entry, term.domain, name)
  if found then
    return matchers[term.name](self, term, entry)
  elseif not verdict and term.name == "include" and entry.why == "bad_domain" then
    verdict = permanent("include_bad_domain", entry)
  end
  return nil, verdict
end

return M
