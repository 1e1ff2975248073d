--- What the lint of one kind of record finds, for specs that hold that every finding of its section is met.
local assert = require "luassert"
local catalogue = require "spec.support.catalogue"
local record = require "mailseal.record"

local M = {}
M.__index = M

--- The lint of a kind.
-- @tparam string kind such as "bimi"
-- @treturn table an object of the functions below
function M.of(kind)
  return setmetatable({ kind = kind, seen = {} }, M)
end

--- Lints a text, and holds of each finding that it can be shown.
-- @tparam string|{string,...} text
-- @treturn {string,...} the codes found, in their order
function M:codes(text)
  local list = {}
  for i, finding in ipairs((record.lint(self.kind, text))) do
    list[i], self.seen[finding.code] = finding.code, true
    assert.matches("%.$", finding.message, finding.code)
    assert.matches("^%u.", finding.fix, finding.code)
    assert.is_nil(finding.message:find("[%c\127-\255]"), finding.code)
  end
  return list
end

--- Lints a text in which one thing is wrong.
-- @tparam string code
-- @tparam string|{string,...} text
-- @treturn table the finding
function M:only(code, text)
  assert.same({ code }, self:codes(text), type(text) == "string" and text or nil)
  return (record.lint(self.kind, text))[1]
end

--- Holds that a text has this error among its findings, that it is the first, and that the reader refuses it for that.
-- @tparam string code
-- @tparam string|{string,...} text
-- @treturn table the finding
function M:refused(code, text)
  self:codes(text)
  local findings, parsed = record.lint(self.kind, text)
  local first
  for _, finding in ipairs(findings) do
    first = first or finding.severity == "error" and finding or nil
  end
  assert.is_nil(parsed)
  assert.is_table(first, code)
  assert.equal(code, first.code)
  assert.same({ nil, first.message, first.code }, { record.parse(self.kind, text) })
  return first
end

--- Holds that a text can be used, with these findings in spite of it.
-- @tparam {string,...} codes
-- @tparam string|{string,...} text
-- @treturn table the record
function M:usable(codes, text)
  assert.same(codes, self:codes(text), type(text) == "string" and text or nil)
  local _, parsed = record.lint(self.kind, text)
  assert.is_table(parsed)
  assert.same(parsed, (record.parse(self.kind, text)))
  return parsed
end

--- Holds that all codes of a section were met.
-- @tparam string start how they begin, such as "mta_sts_policy_"
-- @tparam string section pattern of its heading
-- @tparam[opt] string except how others of the section begin
function M:saw_all(start, section, except)
  for _, code in ipairs(catalogue.codes(section)) do
    if code:find("^" .. start) and not (except and code:find("^" .. except)) then
      assert.is_true(self.seen[code], code)
    end
  end
end

return M
