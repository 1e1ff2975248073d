--- The names that the client's address has, and that have it (RFC 7208 §5.5): for `ptr` and %{p}.
--
-- A name is asked for its addresses only where it could be of use, and no more than it takes to know.
-- @module mailseal.spf.pointers
local is_within = require "mailseal.dns.name".is_within
local reverse = require "mailseal.dns.reverse"

local M = {}

-- Of so many names the rest is passed over (§4.6.4).
local NAMES_MAX = 10

-- The names of the PTR records, and whether there is nothing at all. A fault of DNS finds none (§5.5).
local function names_of(self)
  local answer = self.questions:ask(reverse.name(self.facts.ip), "PTR")
  local names = {}
  for i = 1, math.min(#answer.records, NAMES_MAX) do
    names[i] = answer.records[i].target
  end
  return names, answer.status == "nodata" or answer.status == "nxdomain"
end

-- Has the name the client's address? A fault of DNS says no (§5.5).
local function is_confirmed(self, name)
  local answer = self.questions:ask(name, self.address_type)
  for _, record in ipairs(answer.records) do
    if reverse.octets(record.address) == self.facts.octets then
      return true
    end
  end
  return false
end

--- Is one of the client's names this one, or below it?
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam string target as `mailseal.dns` spells it
-- @treturn boolean
-- @treturn boolean true where the address has no name at all
function M.any_within(self, target)
  local names, void = names_of(self)
  for _, name in ipairs(names) do
    if is_within(name, target) and is_confirmed(self, name) then
      return true, false
    end
  end
  return false, void
end

-- How much a name is wanted for %{p} (§7.3): the domain itself most, then one below it, then any.
local function rank(name, domain)
  return name == domain and 1 or is_within(name, domain) and 2 or 3
end

--- The client's name that %{p} stands for.
-- @tparam table self as of `mailseal.spf.evaluate`
-- @tparam string domain that is being checked
-- @treturn ?string nil where none is confirmed
-- @treturn boolean true where the address has no name at all
function M.name(self, domain)
  local names, void = names_of(self)
  domain = domain:lower()
  for wanted = 1, 3 do
    for _, name in ipairs(names) do
      if rank(name, domain) == wanted and is_confirmed(self, name) then
        return name, false
      end
    end
  end
  return nil, void
end

return M
