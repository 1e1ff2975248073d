-- One-click unsubscription of a message (RFC 8058).
local unsubscribe = require "mailseal.check.unsubscribe"

local BOTH = "List-Unsubscribe: <https://example.com/u/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

local function passing(headers) return { result = "pass", headers = headers } end

local COVERED = passing "from:list-unsubscribe:list-unsubscribe-post"

local function look(head, ...)
  return unsubscribe.look("From: a@example.com\r\n" .. head .. "\r\nbody\r\n", { ... })
end

local function reason(head, ...)
  local found = look(head, ...)
  assert.equal(found.reason == "one_click", found.met == true)
  assert.is_string(found.text)
  return found.reason
end

describe("mailseal.check.unsubscribe", function()
  it("takes a message with both fields, an https: address and a signature over both", function()
    assert.same({ met = true, reason = "one_click", text = "the message can be unsubscribed from with one click", by_mail = false },
      look(BOTH, COVERED))
  end)

  it("reads the fields whatever their case, their folds and what else stands there", function()
    assert.equal("one_click", reason("LIST-UNSUBSCRIBE:\r\n <mailto:u@example.com?subject=u>,\r\n <HTTPS://example.com/u>\r\n"
      .. "list-unsubscribe-post:  list-unsubscribe=one-click \r\n", passing "From:List-Unsubscribe-Post:List-Unsubscribe"))
  end)

  it("looks for one signature that covers both among those that pass", function()
    assert.equal("one_click", reason(BOTH, { result = "fail", headers = "from" }, passing "from", COVERED))
    assert.equal("not_covered", reason(BOTH, passing "from:list-unsubscribe", passing "from:list-unsubscribe-post"))
    assert.equal("not_signed", reason(BOTH, { result = "fail", headers = COVERED.headers }))
    assert.equal("not_signed", reason(BOTH))
  end)

  it("cannot tell where nobody has verified the signatures", function()
    local found = unsubscribe.look("From: a@example.com\r\n" .. BOTH .. "\r\n")
    assert.is_nil(found.met)
    assert.equal("not_verified", found.reason)
  end)

  it("says what is missing", function()
    assert.equal("no_field", reason("", COVERED))
    assert.equal("no_field", reason("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", COVERED))
    assert.equal("no_https", reason("List-Unsubscribe: <mailto:u@example.com>, <http://example.com/u>\r\n"
      .. "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", COVERED))
    assert.equal("no_https", reason("List-Unsubscribe: https://example.com/u\r\n"
      .. "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", COVERED))
    assert.equal("no_post", reason("List-Unsubscribe: <https://example.com/u>\r\n", COVERED))
    assert.equal("wrong_post", reason("List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: One-Click\r\n", COVERED))
    assert.equal("several_fields", reason(BOTH .. "List-Unsubscribe: <https://example.com/v>\r\n", COVERED))
    assert.equal("several_fields", reason(BOTH .. "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", COVERED))
  end)

  it("knows where one can unsubscribe by mail", function()
    assert.is_true(look("List-Unsubscribe: <mailto:u@example.com>\r\n").by_mail)
    assert.is_false(look("List-Unsubscribe: <https://example.com/u>\r\n").by_mail)
    assert.is_false(look("").by_mail)
  end)
end)
