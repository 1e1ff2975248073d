local answer = require "mailseal.fetch.answer"

-- A socket that gives the octets in pieces of a size, and then nothing.
local function socket_of(octets, size)
  local place = 1
  return {
    receive = function()
      local piece = octets:sub(place, place + size - 1)
      place = place + size
      if piece == "" then return nil, "closed", "closed" end
      return piece
    end,
  }
end

local function read(octets, options, size)
  options = options or {}
  return answer.read(socket_of(octets, size or #octets + 1), {
    method = options.method or "GET", most = options.most or 100, head_only = options.head_only,
  })
end

local function code_of(octets, options) return select(3, read(octets, options)) end

local OK = "HTTP/1.1 200 OK\r\n"
local CHUNKED = OK .. "Transfer-Encoding: chunked\r\n\r\n"

describe("an answer", function()
  it("has a status, fields and a body", function()
    local found = assert(read(OK .. "Content-Length: 5\r\nX-A:  b c \r\nx-a: d\r\n\r\nhello, and more"))
    assert.same({ status = 200, body = "hello", headers = { ["content-length"] = "5", ["x-a"] = "b c, d" } }, found)
    assert.equal("hello", read(CHUNKED .. "3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n").body)
    assert.equal("hello", read(OK .. "\r\nhello").body)
    assert.equal(404, read("HTTP/1.0 404\r\nContent-Length: 0\r\n\r\n").status)
    assert.equal("", read(OK .. "Content-Length: 0, 0\r\n\r\n").body)
  end)

  it("is the same in whatever pieces it comes", function()
    for _, octets in ipairs {
      OK .. "Content-Length: 5\r\nX: y\r\n\r\nhello", CHUNKED .. "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", OK .. "\r\nhello",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" .. OK .. "Content-Length: 5\r\n\r\nhello",
    } do
      for size = 1, #octets do
        local found = assert(read(octets, nil, size))
        assert.equal("hello", found.body)
        assert.equal(200, found.status)
      end
    end
  end)

  it("has no body where there is none, or nobody wants it", function()
    local lying = "HTTP/1.1 %d X\r\nContent-Length: 50\r\n\r\n"
    assert.equal("", read(lying:format(204)).body)
    assert.equal("", read(lying:format(304)).body)
    assert.equal("", read(lying:format(200), { method = "HEAD" }).body)
    assert.equal("", read(lying:format(200), { head_only = true }).body)
  end)

  it("that is cut off anywhere is told to be", function()
    for _, octets in ipairs { OK .. "Content-Length: 5\r\nX: y\r\n\r\nhello", CHUNKED .. "5\r\nhello\r\n0\r\n\r\n" } do
      for length = 0, #octets - 1 do assert.equal("closed", code_of(octets:sub(1, length)), length) end
    end
  end)

  it("is no bigger than is wanted", function()
    assert.equal(100, #read(OK .. "Content-Length: 100\r\n\r\n" .. ("x"):rep(100)).body)
    assert.equal("too_large", code_of(OK .. "Content-Length: 101\r\n\r\n"))
    assert.equal("too_large", code_of(OK .. "Content-Length: 999999999999999\r\n\r\n"))
    assert.equal("too_large", code_of(OK .. "\r\n" .. ("x"):rep(101)))
    assert.equal("too_large", code_of(CHUNKED .. "64\r\n" .. ("x"):rep(100) .. "\r\n1\r\n"))
    assert.equal("too_large", code_of(CHUNKED .. "FFFFFFFF\r\n"))
  end)

  it("has a head that comes to an end", function()
    assert.equal("head_too_large", code_of(("x"):rep(20000)))
    assert.equal("head_too_large", code_of(OK .. "X: " .. ("x"):rep(9000) .. "\r\n\r\n"))
    assert.equal("head_too_large", code_of(OK .. ("X: y\r\n"):rep(101) .. "\r\n"))
    assert.equal("head_too_large", code_of(OK .. ("X: " .. ("y"):rep(2000) .. "\r\n"):rep(9) .. "\r\n"))
    assert.equal("head_too_large", code_of(CHUNKED .. "0\r\n" .. ("X: y\r\n"):rep(101) .. "\r\n"))
    assert.equal("bad_answer", code_of(("HTTP/1.1 100 Continue\r\n\r\n"):rep(7)))
    assert.equal("bad_answer", code_of(CHUNKED .. ("1;" .. ("e"):rep(250) .. "\r\nx\r\n"):rep(90) .. "0\r\n\r\n"))
    assert.truthy(read(OK .. ("X: y\r\n"):rep(99) .. "Content-Length: 0\r\n\r\n"))
  end)

  it("is refused where it could be understood in two ways", function()
    for _, octets in ipairs {
      OK .. "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", OK .. "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      OK .. "Content-Length: 5, 6\r\n\r\nhello", OK .. "Content-Length: -1\r\n\r\n", OK .. "Content-Length: +5\r\n\r\nhello",
      OK .. "Content-Length: 0x5\r\n\r\nhello", OK .. "Content-Length: 5 5\r\n\r\nhello", OK .. "Content-Length:\r\n\r\n",
      OK .. "Content-Length: 99999999999999999999\r\n\r\n", OK .. "Transfer-Encoding: gzip, chunked\r\n\r\n",
      OK .. "Transfer-Encoding: identity\r\n\r\n", OK .. "Transfer-Encoding: chunked, chunked\r\n\r\n",
      OK .. "X: y\r\n z\r\n\r\n", OK .. "X : y\r\n\r\n", OK .. "X\r\n\r\n", OK .. ": y\r\n\r\n",
      OK .. "X: a\rb\r\n\r\n", OK .. "X: a\0b\r\n\r\n",
      OK .. "X: y\n\r\n", "HTTP/1.1 200 OK\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", CHUNKED .. "x\r\n", CHUNKED .. "\r\n", CHUNKED .. "-1\r\n",
      CHUNKED .. "0x1\r\n", CHUNKED .. "1 1\r\n", CHUNKED .. "100000000\r\n", CHUNKED .. "3\r\nhello\r\n0\r\n\r\n",
      CHUNKED .. ("0"):rep(300) .. "\r\n\r\n", CHUNKED .. "5\nhello\n0\n\n",
    } do
      assert.equal("bad_answer", code_of(octets), octets:sub(1, 80))
    end
  end)

  it("passes on what the socket says", function()
    local socket = { receive = function() return nil, "too slow", "timeout" end }
    assert.same({ nil, "too slow", "timeout" }, { answer.read(socket, { method = "GET", most = 1 }) })
  end)
end)
