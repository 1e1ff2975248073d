--- SPF as pyspf (Debian's python3-spf) evaluates it: the suite of RFC 7208, and a thousand policies made by chance, the same in every
-- run. Both read the same zones; pyspf's DNS is a fake one in its own process.
local cjson = require "cjson"
local dns = require "mailseal.dns"
local policies = require "spec.support.spf_policies"
local shell = require "spec.support.shell"
local spf = require "mailseal.spf"
local suite = require "spec.support.suite"

local POLICIES = 1000

-- ---------------------------------------------------------------- what pyspf is known to do otherwise

local function says(text)
  return function(_, theirs)
    return theirs.result == "permerror" and theirs.why:find(text, 1, true) ~= nil
  end
end

-- Does an address of the case have a name that does not answer?
local function has_silent_pointer(case)
  for name, records in pairs(case.zone) do
    for _, record in ipairs(name:find("in-addr.arpa", 1, true) and records or {}) do
      if record.data == "slow.example." then
        return true
      end
    end
  end
end

local function matches_mx(ours)
  for _, step in ipairs(ours.trace) do
    if step.outcome == "match" and step.term:lower():find("^[-+~?]?mx") then
      return true
    end
  end
end

-- Each: why it is not ours; what it may excuse; and how many of the thousand it may at most (a few more than it does with
-- pyspf 2.0.14), for where it would excuse many, something else is wrong.
local KNOWN = {
  {
    why = "refuses modifiers that nobody knows where they stand twice (they are ignored however often they do: §6)", at_most = 8,
    excuses = function(_, theirs)
      local name = theirs.why:match("(%S+)= MUST appear at most once")
      return theirs.result == "permerror" and name and name:lower() ~= "redirect" and name:lower() ~= "exp"
    end,
  },
  {
    why = "refuses a record that includes its own name, also where it is not come to (§5.2 has no such rule)", at_most = 9,
    excuses = says "include has trivial recursion",
  },
  {
    why = "counts every question that finds nothing, not every term that asks it (§4.6.4)", at_most = 34,
    excuses = function(ours, theirs)
      return ours.reason ~= "too_many_void_lookups" and says "Void lookup limit" (ours, theirs)
    end,
  },
  {
    why = "gives up where one of the address's names does not answer (that name is passed over: §5.5)", at_most = 14,
    excuses = function(ours, theirs, case)
      return theirs.result == "temperror" and ours.result ~= "temperror" and has_silent_pointer(case)
    end,
  },
  {
    why = "asks for all hosts of an mx, and gives up at one that does not answer, though another matches", at_most = 2,
    excuses = function(ours, theirs)
      return theirs.result == "temperror" and ours.result ~= "temperror" and matches_mx(ours)
    end,
  },
  {
    why = "expands %{s} to a bare domain where the sender has no local part (it is the postmaster: §4.3)", at_most = 2,
    excuses = function(ours, theirs, case)
      return ours.result == "fail" and theirs.result == "fail" and not case.sender:find("[^@]@") and ours.explanation ~= ""
        and ours.explanation:gsub("postmaster%%40", "") == theirs.explanation
    end,
  },
}

-- ---------------------------------------------------------------- cases

-- Lets pyspf evaluate sets, each with `zone` and `cases`: lists of answers.
local function evaluate_there(command, sets)
  local run = shell.run(command .. " spec/interop/pyspf_peer.py", cjson.encode(sets))
  assert.equal("", run.err)
  return cjson.decode(run.out)
end

local function evaluate_here(case, resolver)
  return assert(spf.check {
    ip = case.ip, sender = case.sender, helo = case.helo, resolver = resolver, receiver = "receiver.example",
  })
end

local function is_same(ours, theirs)
  return ours.result == theirs.result and (ours.explanation or "") == theirs.explanation
end

local function is_excused(ours, theirs, case)
  for _, known in ipairs(KNOWN) do
    if known.excuses(ours, theirs, case) then
      known.seen = (known.seen or 0) + 1
      return true
    end
  end
end

local function describe_difference(case, ours, theirs)
  return ("%s: here %s %s (%s), there %s %s (%s)"):format(
    case.name or case.number, ours.result, ours.explanation or "", ours.text, theirs.result, theirs.explanation, theirs.why)
end

-- The first Python that has pyspf.
local function python()
  for _, command in ipairs { "python3", "/usr/bin/python3" } do
    if shell.succeeds(command .. " -c 'import spf'") then
      return command
    end
  end
end

describe("SPF as pyspf evaluates it", function()
  local command = python()
  if not command then
    pending("needs python3-spf")
    return
  end

  local scenarios, why = suite.spf()
  if not scenarios then
    pending("without the suite: " .. why)
  else
    it("is the same in all cases of the suite", function()
      local sets = {}
      for i, scenario in ipairs(scenarios) do
        sets[i] = { zone = scenario.zone, cases = scenario.tests }
      end
      local theirs, wrong, count = evaluate_there(command, sets), {}, 0
      for i, scenario in ipairs(scenarios) do
        local resolver = assert(dns.resolver { zone = scenario.zone })
        for j, case in ipairs(scenario.tests) do
          count = count + 1
          local ours = evaluate_here(case, resolver)
          if not is_same(ours, theirs[i][j]) then
            wrong[#wrong + 1] = describe_difference(case, ours, theirs[i][j])
          end
        end
      end
      assert.same({}, wrong)
      assert.equal(203, count)
    end)
  end

  it("is the same for a thousand policies, but for what is known", function()
    local sets, results = {}, {}
    for number = 1, POLICIES do
      local case = policies.make(number)
      sets[number] = { zone = case.zone, cases = { case } }
    end
    local theirs, wrong = evaluate_there(command, sets), {}
    for number, set in ipairs(sets) do
      local case = set.cases[1]
      local ours = evaluate_here(case, assert(dns.resolver { zone = case.zone }))
      results[ours.result] = (results[ours.result] or 0) + 1
      if not is_same(ours, theirs[number][1]) and not is_excused(ours, theirs[number][1], case) then
        wrong[#wrong + 1] = describe_difference(case, ours, theirs[number][1])
      end
    end
    assert.same({}, wrong)
    -- They are worth comparing where they do not all come to the same.
    for _, result in ipairs { "pass", "fail", "softfail", "neutral", "temperror", "permerror" } do
      assert.is_true((results[result] or 0) >= POLICIES / 50, result)
    end
  end)

  for _, known in ipairs(KNOWN) do
    it("is not where that " .. known.why, function()
      if not known.seen then
        return pending("it no longer does: the excuse can go")
      end
      assert.is_true(known.seen <= known.at_most, known.seen .. " policies differ that it should excuse")
    end)
  end
end)
