--- What an evaluation will ask, asked ahead, a level at once: it then takes as many round trips as the includes are deep.
--
-- Questions are read off the records as they come. Nothing is asked that stands behind an address that the client has, nor for
-- more terms than an evaluation may have (RFC 7208 §4.6.4); but what stands behind another term that matches is asked in vain.
-- @module mailseal.spf.prefetch
local facts_of = require "mailseal.spf.facts"
local mechanisms = require "mailseal.spf.mechanisms"
local records = require "mailseal.spf.record"
local reverse = require "mailseal.dns.reverse"

local M = {}

-- Of one mx or ptr, how many names are asked for their addresses.
local NAMES_MAX = 10

-- What a term asks first; nil where that is not known yet.
local function first_question(self, term, name)
  local spec = term.kind == "modifier" and term.value or term.domain
  if term.name == "ptr" then
    return { reverse.name(self.facts.ip), "PTR" }
  elseif spec and facts_of.uses(spec, "p") then
    return nil
  end
  local target = facts_of.target(self.facts, spec, name)
  local kind = ({ a = self.address_type, exists = "A", mx = "MX" })[term.name] or "TXT"
  return target and { target, kind }
end

-- Is the evaluation sure to end at this term, if it gets there?
local function ends(self, term)
  local kind = ({ ip4 = "A", ip6 = "AAAA" })[term.name]
  if not kind then
    return term.name == "all"
  end
  local octets = facts_of.octets(term.address, kind)
  return facts_of.same_network(self.facts.octets, octets, term.prefix4 or term.prefix6 or #octets * 8)
end

-- Adds what the terms of a domain's record ask to the next level.
local function add_terms(self, name, level)
  local text = records.find(self.questions:ask(name, "TXT"))
  for _, term in ipairs(text and records.read(text).terms or {}) do
    if ends(self, term) then
      return
    elseif term.name ~= "ip4" and term.name ~= "ip6" then
      self.ahead = self.ahead + 1
      if self.ahead > mechanisms.LOOKUPS_MAX then
        return
      end
      level[#level + 1] = first_question(self, term, name)
    end
  end
end

-- Adds the addresses of the hosts of a term's answer.
local function add_addresses(self, answer, field, level)
  for i = 1, math.min(#answer.records, NAMES_MAX) do
    local host = answer.records[i][field]
    if host ~= "." then
      level[#level + 1] = { host, self.address_type }
    end
  end
end

--- Asks.
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam string name whose record is to be evaluated
function M.run(self, name)
  local level = { { name, "TXT" } }
  self.ahead = 0
  while level[1] do
    self.questions:ask_all(level)
    local below = {}
    for _, question in ipairs(level) do
      if question[2] == "TXT" then
        add_terms(self, question[1], below)
      elseif question[2] == "MX" then
        add_addresses(self, self.questions:ask(question[1], "MX"), "exchange", below)
      elseif question[2] == "PTR" then
        add_addresses(self, self.questions:ask(question[1], "PTR"), "target", below)
      end
    end
    level = below
  end
end

return M
