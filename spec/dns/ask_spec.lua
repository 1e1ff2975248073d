-- mailseal.dns.ask over a transport and a clock of the test's own.
local ask = require "mailseal.dns.ask"
local core = require "mailseal.core".dns

describe("dns.ask", function()
  local moment, asked, behaviour

  before_each(function()
    moment, asked, behaviour = 1000, {}, {}
  end)

  -- A reply with that rcode, with or without the EDNS that the query may have asked for.
  local function reply_to(query, rcode) return core.reply(query, rcode, "", 0, "", 0) end

  local silent = function(_, seconds)
    moment = moment + seconds
    return nil, "silence", "timeout"
  end
  local function rcode(code) return function(query) return reply_to(query, code) end end

  local function new(servers, options)
    local transport = { servers = servers }
    function transport.exchange(_, query, server, seconds, deadline)
      asked[#asked + 1] = { server = server, seconds = seconds, deadline = deadline, query = query }
      return behaviour[server](query, seconds)
    end
    options = options or {}
    options.clock = function() return moment end
    return ask.new(transport, options)
  end

  local function query(asker, servers, deadline)
    local question = { name = "example.test", type = "TXT" }
    return asker:ask(question, (core.encode(question.name, question.type)), servers, deadline)
  end

  local function names_asked()
    local names = {}
    for i, one in ipairs(asked) do names[i] = one.server end
    asked = {}
    return table.concat(names, " ")
  end

  it("asks one server after the other until one knows", function()
    behaviour = { a = silent, b = rcode(2), c = rcode(3) }
    local answer = query(new({ "a", "b", "c", "d" }))
    assert.equal("nxdomain", answer.status)
    assert.equal("c", answer.server)
    assert.equal("a b c", names_asked())
  end)

  it("goes through the list as often as it has tries, and tells the most telling fault", function()
    behaviour = { a = silent, b = rcode(5) }
    local answer = query(new({ "a", "b" }, { tries = 3 }))
    assert.equal("refused", answer.status)
    assert.equal("b", answer.server)
    assert.equal("a b a b a b", names_asked())
  end)

  it("begins with another server each time, where `rotate` is set", function()
    behaviour = { a = rcode(3), b = rcode(3) }
    local asker = new({ "a", "b" }, { rotate = true })
    for _ = 1, 4 do query(asker) end
    assert.equal("a b a b", names_asked())
  end)

  it("asks a server last that kept silent, and first again when some time is over", function()
    behaviour = { a = silent, b = rcode(3) }
    local asker = new({ "a", "b" }, { timeout = 2 })
    for _ = 1, 3 do query(asker) end
    assert.equal("a b a b a b", names_asked())
    for _ = 1, 5 do query(asker) end
    assert.equal("b b b b b", names_asked())
    moment = moment + 40
    query(asker)
    query(asker)
    assert.equal("a b b", names_asked())
    moment, behaviour.a = moment + 40, rcode(3)
    query(asker)
    query(asker)
    assert.equal("a a", names_asked())
  end)

  it("holds no silence against a server that was given less than a try's time", function()
    behaviour = { a = silent, b = rcode(3) }
    local asker = new({ "a", "b" }, { timeout = 2, deadline = 1 })
    for _ = 1, 5 do query(asker) end
    assert.equal("a a a a a", names_asked())
  end)

  it("takes the servers of a query in their own order", function()
    behaviour = { a = rcode(3), x = silent, y = rcode(3) }
    local asker = new({ "a" }, { rotate = true })
    for _ = 1, 4 do query(asker, { "x", "y" }) end
    assert.equal("x y x y x y x y", names_asked())
  end)

  it("gives each try its time, and none beyond the deadline", function()
    behaviour = { a = silent, b = silent }
    local answer = query(new({ "a", "b" }, { timeout = 2, tries = 2, deadline = 5 }))
    assert.equal("timeout", answer.status)
    assert.equal(1005, moment)
    assert.same({ 2, 2, 1 }, { asked[1].seconds, asked[2].seconds, asked[3].seconds })
    assert.equal(1005, asked[1].deadline)
    assert.is_nil(asked[4])
  end)

  it("allows by default for all tries at all servers", function()
    behaviour = { a = silent, b = silent }
    query(new({ "a", "b" }, { timeout = 3, tries = 2 }))
    assert.equal(1012, moment)
  end)

  it("keeps to the deadline of a single query", function()
    behaviour = { a = silent }
    local answer = query(new({ "a" }, { timeout = 2 }), nil, moment + 0.5)
    assert.equal("timeout", answer.status)
    assert.equal(1000.5, moment)
  end)

  it("says timeout where the deadline is over before it begins", function()
    local answer = query(new({ "a" }), nil, moment)
    assert.equal("timeout", answer.status)
    assert.equal("", names_asked())
  end)

  it("says bogus where a server says SERVFAIL again and again, and only then has an answer for who wants it unvalidated", function()
    local function is_unchecked(sent) return math.floor(sent:byte(4) / 16) % 2 == 1 end
    behaviour.a = function(sent) return reply_to(sent, is_unchecked(sent) and 3 or 2) end
    local answer = query(new({ "a" }))
    assert.same({ "bogus", "dnssec_bogus" }, { answer.status, answer.reason })
    behaviour.a = rcode(2)
    assert.equal("servfail", query(new({ "a" })).status)
  end)

  it("takes a server that was ill for a moment at its word, and not for one that finds forgery", function()
    behaviour.a = function(sent) return reply_to(sent, #asked <= 2 and 2 or 3) end
    assert.equal("nxdomain", query(new({ "a" })).status)
    asked = {}
    behaviour.a = function(sent, seconds)
      if #asked == 4 then return silent(sent, seconds) end
      return reply_to(sent, #asked <= 2 and 2 or 3)
    end
    local answer = query(new({ "a" }))
    assert.equal("servfail", answer.status)
    assert.is_nil(answer.reason)
  end)

  it("asks without EDNS where that gets FORMERR, NOTIMP or BADVERS, and where it got silence", function()
    local function has_edns(sent) return sent:byte(12) > 0 end
    behaviour.a = function(sent) return reply_to(sent, has_edns(sent) and 1 or 3) end
    assert.equal("nxdomain", query(new({ "a" })).status)
    behaviour.a = function(sent, seconds)
      if has_edns(sent) then return silent(sent, seconds) end
      return reply_to(sent, 3)
    end
    assert.equal("nxdomain", query(new({ "a" })).status)
  end)
end)
