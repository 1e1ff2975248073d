--- message.fields: the header section cut as DKIM cuts it.
local linear = require "spec.support.linear"
local message = require "mailseal.message"

local function names(text)
  local list = {}
  for i, field in ipairs((message.fields(text))) do
    list[i] = field.name
  end
  return table.concat(list, ",")
end

describe("message.fields", function()
  it("gives name, value and the whole of each field, and where the body starts", function()
    local text = "From: a@example.com\r\nsubject :  folded\r\n value \r\n\r\nbody\r\n"
    local fields, body = message.fields(text)
    assert.same({
      { name = "From", value = " a@example.com", whole = "From: a@example.com\r\n" },
      { name = "subject", value = "  folded\r\n value ", whole = "subject :  folded\r\n value \r\n" },
    }, fields)
    assert.equal("body\r\n", text:sub(body))
  end)

  it("knows an empty body from none at all", function()
    local _, body = message.fields "A: b\r\n\r\n"
    assert.equal(9, body)
    _, body = message.fields "A: b\r\n"
    assert.is_nil(body)
    local fields
    fields, body = message.fields "\r\nbody"
    assert.same({}, fields)
    assert.equal(3, body)
    assert.same({}, (message.fields ""))
  end)

  it("starts a field behind CRLF alone", function()
    assert.equal("A,B", names "A: 1\nX: 2\rY: 3\r\nB: 4\r\n\r\n")
    assert.equal("A,,B", names "A: 1\r\nno colon\r\nB: 2\r\n\r\n")
  end)

  it("gives back every octet of the header", function()
    local text = "A: 1\r\n\tx\r\nB\0: \255\r\n: \r\n\r\nrest"
    local fields, body = message.fields(text)
    local all = {}
    for i, field in ipairs(fields) do
      all[i] = field.whole
    end
    assert.equal(text:sub(1, body - 3), table.concat(all))
  end)

  it("takes time linear in the header's size", function()
    for _, piece in ipairs { "A: b\r\n", "\r\n ", ":", "\n" } do
      assert.is_true(linear(function(size)
        message.fields(piece:rep(size))
      end, 20000), ("%q"):format(piece))
    end
  end)
end)
