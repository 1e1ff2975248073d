--- Who asks: tokens and cookies, over a registry and a dictionary of this process.
local auths = require "mailseal.http.auth"
local dictionary = require "mailseal.http.dictionary"
local onboard = require "mailseal.onboard"
local tokens = require "mailseal.onboard.tokens"

describe("Who asks", function()
  local registry, clock, dict, auth, token, tenant, asked

  before_each(function()
    clock, asked = { now = 1795358000 }, 0
    registry = assert(onboard.open { db = "sqlite::memory:", clock = function() return clock.now end })
    local perform = registry.perform
    function registry.perform(...)
      asked = asked + 1
      return perform(...)
    end
    dict = dictionary.new(function() return clock.now end)
    auth = auths.new { dict = dict }
    tenant = registry:tenant "acme"
    token = assert(tenant:make_token { name = "billing" })
  end)
  after_each(function() registry:close() end)

  local function call(headers, method, address, secure)
    return {
      method = method or "GET", headers = headers or {}, service = { registry_of_worker = function() return registry end },
      request = { peer = function() return address or "\127\0\0\1", secure end },
    }
  end

  local function bearer(text) return call { authorization = "Bearer " .. text } end

  local function code_of(...) return (select(3, ...)) end

  local function sign_in(secure)
    local found, cookie = auth:sign_in(call({ origin = "http://a.example", host = "a.example" }, "POST", nil, secure), token.token)
    return cookie and cookie:match "^[^;]+", cookie, found
  end

  describe("by a token", function()
    it("is the tenant whose it is", function()
      local found = assert(auth:identify(bearer(token.token)))
      assert.equal("acme", found.tenant)
      assert.equal(token.id, found.token)
      assert.equal("token " .. token.id, found.actor)
    end)

    it("takes the word Bearer in any case, as RFC 9110 has it", function()
      assert.equal("acme", auth:identify(call { authorization = "bEARER   " .. token.token }).tenant)
    end)

    it("is nobody without one, and asks nobody's database", function()
      assert.is_nil((auth:identify(call())))
      assert.is_nil(code_of(auth:identify(call())))
      assert.equal(0, asked)
    end)

    for what, shown in pairs {
      ["another"] = "Bearer ms_" .. ("0"):rep(64), ["none at all"] = "Bearer ", ["a basic one"] = "Basic bXM6bXM=",
      ["a session's"] = "Bearer mss_" .. ("0"):rep(64), ["a long one"] = "Bearer ms_" .. ("0"):rep(100000), ["SQL"] = "Bearer ' OR 1=1 --",
    } do
      it("is nobody by " .. what .. ", and is told how to say it", function()
        local found, message, code, members = auth:identify(call { authorization = shown })
        assert.is_nil(found)
        assert.equal("unauthorized", code)
        assert.is_nil(message:find("ms_", 1, true))
        assert.matches("^Bearer .*invalid_token", members.headers["WWW-Authenticate"])
      end)
    end

    it("is nobody by a token that differs in its last letter", function()
      local last = token.token:sub(-1) == "0" and "1" or "0"
      assert.equal("unauthorized", code_of(auth:identify(bearer(token.token:sub(1, -2) .. last))))
    end)

    it("asks the database once a second", function()
      for _ = 1, 5 do assert(auth:identify(bearer(token.token))) end
      assert.equal(1, asked)
      clock.now = clock.now + 1
      assert(auth:identify(bearer(token.token)))
      assert.equal(2, asked)
    end)

    it("has nothing in the dictionary that is the token, or of use as one", function()
      assert(auth:identify(bearer(token.token)))
      for key, item in pairs(dict.entries) do
        for _, text in ipairs { key, tostring(item.value) } do
          assert.is_nil(text:find(token.token, 1, true))
          assert.is_nil(text:find(token.token:sub(4), 1, true))
        end
      end
    end)

    it("sees within a second what another machine has revoked", function()
      assert(auth:identify(bearer(token.token)))
      assert(tenant:revoke_token(token.id))
      clock.now = clock.now + 1
      assert.equal("unauthorized", code_of(auth:identify(bearer(token.token))))
    end)

    it("sees at once what is revoked here, in whatever worker", function()
      assert(auth:identify(bearer(token.token)))
      assert(tenant:revoke_token(token.id))
      auths.revoked(dict, token.id)
      assert.equal("unauthorized", code_of(auths.new { dict = dict }:identify(bearer(token.token))))
    end)

    it("does not believe what was read before it was revoked, and kept after", function()
      local perform = registry.perform
      function registry.perform(...)
        local found = perform(...)
        tenant:revoke_token(token.id)
        auths.revoked(dict, token.id)
        return found
      end
      assert(auth:identify(bearer(token.token))) -- that request was on its way
      registry.perform = perform
      assert.equal("unauthorized", code_of(auth:identify(bearer(token.token))))
    end)

    it("tells a database that does not answer from a token that is not known", function()
      function registry.perform() return nil, "another process holds it", "store_busy" end
      assert.equal("store_busy", code_of(auth:identify(bearer(token.token))))
    end)

    it("works without a dictionary", function()
      auth = auths.new {}
      assert.equal("acme", auth:identify(bearer(token.token)).tenant)
      assert.equal("unauthorized", code_of(auth:identify(bearer("ms_" .. ("0"):rep(64)))))
    end)
  end)

  describe("who guesses", function()
    local function guess(address)
      return auth:identify(call({ authorization = "Bearer ms_" .. ("%064x"):format(asked) }, "GET", address))
    end

    it("is asked to wait after thirty wrong ones", function()
      for _ = 1, 30 do assert.equal("unauthorized", code_of(guess())) end
      local _, _, code, members = guess()
      assert.equal("too_often", code)
      assert.equal("60", members.headers["Retry-After"])
      assert.equal(clock.now + 60, members.retry_at)
      assert.equal("too_often", code_of(auth:identify(call { authorization = "Basic bXM6bXM=" })))
      clock.now = clock.now + 60
      assert.equal("unauthorized", code_of(guess()))
    end)

    -- Has the database answer slowly; so many ask at once, and another behind them. Returns what they were told, the other as `last`.
    local function at_once(count, last)
      local perform, codes = registry.perform, {}
      function registry.perform(...)
        coroutine.yield()
        return perform(...)
      end
      local tasks = {}
      for i = 1, count do
        tasks[i] = coroutine.create(function() codes[i] = code_of(guess()) end)
        assert(coroutine.resume(tasks[i]))
      end
      local meanwhile = coroutine.create(function() codes.last = code_of(last()) end)
      assert(coroutine.resume(meanwhile))
      tasks[#tasks + 1] = meanwhile
      for _, task in ipairs(tasks) do
        if coroutine.status(task) ~= "dead" then assert(coroutine.resume(task)) end
      end
      registry.perform = perform
      return codes
    end

    it("has two at a time of the database, however many he shows", function()
      for _ = 1, 31 do guess() end
      local before = asked
      local codes = at_once(2, guess)
      assert.same({ "too_often", "too_often", last = "too_often" }, codes)
      assert.equal(before + 2, asked)
      assert.same({ "too_often", last = "too_often" }, at_once(1, guess)) -- the two are free again
      assert.equal(before + 4, asked)
    end)

    it("has no more of it where the database fails, or whoever asks it", function()
      for _ = 1, 31 do guess() end
      local perform = registry.perform
      function registry.perform() error("it broke", 0) end
      for _ = 1, 3 do assert.has_error(guess, "it broke") end
      registry.perform = perform
      assert.equal("acme", assert(auth:identify(bearer(token.token))).tenant)
    end)

    it("holds up nobody at his own address who comes for the first time", function()
      for _ = 1, 100 do guess() end
      assert.equal("acme", assert(auth:identify(bearer(token.token))).tenant)
    end)

    it("holds up no session that begins at his address", function()
      for _ = 1, 31 do guess() end
      local cookie = sign_in()
      function registry.perform() error "the database is asked" end
      assert.equal("acme", assert(auth:identify(call { cookie = cookie })).tenant)
    end)

    it("holds up nobody at another address", function()
      for _ = 1, 31 do guess() end
      assert.equal("unauthorized", code_of(guess "\127\0\0\2"))
    end)

    it("holds up nobody at his own who was known within the hour", function()
      assert(auth:identify(bearer(token.token)))
      for _ = 1, 31 do guess() end
      clock.now = clock.now + 2
      assert.equal("acme", assert(auth:identify(bearer(token.token))).tenant)
    end)

    it("has one network of IPv6, not each of its addresses", function()
      local network = "\32\1\13\184\0\0\0\1"
      for i = 1, 30 do guess(network .. ("\0"):rep(7) .. string.char(i)) end
      assert.equal("too_often", code_of(guess(network .. ("\0"):rep(8))))
      assert.equal("unauthorized", code_of(guess("\32\1\13\184\0\0\0\2" .. ("\0"):rep(8))))
    end)

    it("is asked to wait at the sign-in page, too", function()
      local function try(text) return auth:sign_in(call({ origin = "http://a.example", host = "a.example" }, "POST"), text) end
      for i = 1, 30 do assert.equal("unauthorized", code_of(try("ms_" .. ("%064x"):format(i)))) end
      assert.equal("too_often", code_of(try("ms_" .. ("%064x"):format(31))))
      assert.equal("acme", try(token.token).tenant)
    end)
  end)

  describe("by a session", function()
    it("begins with a token, and is the tenant whose that is", function()
      local cookie, _, found = sign_in()
      assert.equal("acme", found.tenant)
      assert.equal("acme", auth:identify(call { cookie = "other=1; " .. cookie .. "; more=2" }).tenant)
    end)

    it("has a cookie that no script reads and no other site's page sends", function()
      local _, cookie = sign_in()
      assert.matches("^mailseal=mss_" .. ("%x"):rep(64) .. "; Path=/; Max%-Age=43200; HttpOnly; SameSite=Strict$", cookie)
    end)

    it("has one that is bound to the host where there is https, and takes no other there", function()
      local pair, cookie = sign_in(true)
      assert.matches("^__Host%-mailseal=mss_%x+; Path=/; Max%-Age=43200; HttpOnly; SameSite=Strict; Secure$", cookie)
      assert.equal("acme", auth:identify(call({ cookie = pair }, "GET", nil, true)).tenant)
      assert.is_nil((auth:identify(call({ cookie = pair:gsub("__Host%-", "") }, "GET", nil, true))))
    end)

    it("is https where a proxy in front has it", function()
      auth = auths.new { dict = dict, url = "https://Mail.example" }
      local _, cookie = auth:sign_in(call({ origin = "https://mail.example", host = "upstream" }, "POST"), token.token)
      assert.matches("; Secure$", cookie)
      assert.equal("forbidden", code_of(auth:sign_in(call({ origin = "http://mail.example" }, "POST"), token.token)))
    end)

    it("is https where the browser says so, though nobody has told the service", function()
      local at = { origin = "https://mail.example", host = "mail.example" }
      local _, cookie = auth:sign_in(call(at, "POST"), token.token)
      assert.matches("^__Host%-mailseal=mss_%x+; .*; Secure$", cookie)
      local pair = cookie:match "^[^;]+"
      assert.equal("acme", auth:identify(call { cookie = "mailseal=mss_" .. ("0"):rep(64) .. "; " .. pair }).tenant)
      at.cookie = pair
      assert.matches("^__Host%-mailseal=; Path=/; Max%-Age=0; .*; Secure$", (auth:sign_out(call(at, "POST"))))
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = pair })))
    end)

    it("takes the place of the one that the browser was in, which has ended", function()
      local first = sign_in()
      local found, cookie = auth:sign_in(call({ origin = "http://a", host = "a", cookie = first }, "POST"), token.token)
      assert.equal("acme", found.tenant)
      assert.not_equal(first, cookie:match "^[^;]+")
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = first })))
      assert.equal("acme", auth:identify(call { cookie = cookie:match "^[^;]+" }).tenant)
    end)

    it("does not begin with a token that is not known", function()
      assert.equal("unauthorized", code_of(auth:sign_in(call({ origin = "http://a", host = "a" }, "POST"), "ms_none")))
    end)

    it("ends by its time", function()
      local cookie = sign_in()
      clock.now = clock.now + tokens.SESSION - 1
      assert.equal("acme", auth:identify(call { cookie = cookie }).tenant)
      clock.now = clock.now + 1
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = cookie })))
    end)

    it("ends with the token that it was begun with, at once", function()
      local cookie = sign_in()
      assert(auth:identify(call { cookie = cookie }))
      assert(tenant:revoke_token(token.id))
      auths.revoked(dict, token.id)
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = cookie })))
    end)

    it("ends by signing out, at once, and the cookie is removed", function()
      local cookie = sign_in()
      assert(auth:identify(call { cookie = cookie }))
      local removed = auth:sign_out(call({ cookie = cookie, origin = "http://a", host = "a" }, "POST"))
      assert.matches("^mailseal=; Path=/; Max%-Age=0; ", removed)
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = cookie })))
      clock.now = clock.now + 61
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = cookie })))
    end)

    it("does not give way to a token that is shown besides and is wrong", function()
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = sign_in(), authorization = "Bearer ms_no" })))
    end)

    it("is a session's cookie, not a token in one", function()
      assert.equal("unauthorized", code_of(auth:identify(call { cookie = "mailseal=" .. token.token })))
    end)

    describe("that changes something", function()
      local function try(headers)
        headers.cookie, headers.host = sign_in(), "mail.example:8080"
        local found, _, code = auth:identify(call(headers, "POST"))
        return found and found.tenant or code
      end

      for what, headers in pairs {
        ["of this host"] = { origin = "http://mail.example:8080" }, ["of this host, in capitals"] = { origin = "http://MAIL.example:8080" },
        ["that tells no origin, and the browser says it is of this site"] = { origin = "null", ["sec-fetch-site"] = "same-origin" },
      } do
        it("may do so from a page " .. what, function() assert.equal("acme", try(headers)) end)
      end

      for what, headers in pairs {
        ["of another host"] = { origin = "https://evil.example", ["sec-fetch-site"] = "same-origin" },
        ["of another port"] = { origin = "http://mail.example:81" },
        ["of a host that begins so"] = { origin = "http://mail.example:8080.evil" },
        ["that tells no origin"] = { origin = "null" }, ["of which nothing is told"] = {},
        ["of a site beside it"] = { ["sec-fetch-site"] = "same-site" }, ["of no host"] = { origin = "file://" },
      } do
        it("may not do so from a page " .. what, function() assert.equal("forbidden", try(headers)) end)
      end

      it("neither begins nor ends by another site's page", function()
        local pair = sign_in()
        assert.equal("forbidden", code_of(auth:sign_in(call({ origin = "http://b", host = "a" }, "POST"), token.token)))
        assert.equal("forbidden", code_of(auth:sign_out(call({ origin = "http://b", host = "a", cookie = pair }, "POST"))))
        assert.equal("acme", auth:identify(call { cookie = pair }).tenant)
      end)
    end)
  end)
end)
