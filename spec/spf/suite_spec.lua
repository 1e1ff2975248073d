--- The suite of RFC 7208, ../shared/data/suites/spf/rfc7208.json, which is read from there: 203 tests.
local dns = require "mailseal.dns"
local spf = require "mailseal.spf"
local suite = require "spec.support.suite"

local TESTS = 203

describe("the suite of RFC 7208", function()
  local scenarios, why = suite.spf()
  if not scenarios then
    pending("is not read: " .. why)
    return
  end

  local function is_right(result, test)
    for _, right in ipairs(test.results) do
      if result.result == right then
        return true
      end
    end
  end

  local count = 0
  for _, scenario in ipairs(scenarios) do
    local resolver = assert(dns.resolver { zone = scenario.zone })

    for _, test in ipairs(scenario.tests) do
      count = count + 1

      it(("%s: %s: %s"):format(scenario.title, test.name, table.concat(test.results, " or ")), function()
        for _, prefetch in ipairs { false, true } do
          local result = assert(spf.check {
            ip = test.ip, sender = test.sender, helo = test.helo, resolver = resolver, prefetch = prefetch,
          })
          assert.is_true(is_right(result, test), result.result .. ": " .. result.text)
          if test.explanation then
            assert.equal(test.explanation == "DEFAULT" and "" or test.explanation, result.explanation)
          end
        end
      end)
    end
  end

  it("has all its tests", function()
    assert.equal(TESTS, count)
  end)
end)
