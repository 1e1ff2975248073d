--- Tokens and sessions, in the registry.
local databases = require "spec.support.databases"
local onboard = require "mailseal.onboard"
local tenancy = require "spec.support.tenancy"
local tokens = require "mailseal.onboard.tokens"

describe("A token", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, _, server)
    local registry, tenant, now

    setup(function()
      registry = assert(onboard.open { db = new_database(), clock = function() return now end })
      tenant = registry:tenant "acme"
    end)
    before_each(function() now = 1795358000 end)
    teardown(function() registry:close() end)

    local function code_of(...) return (select(3, ...)) end

    -- All that the database holds, as text.
    local function everything()
      local parts = {}
      for i, one in ipairs(tenancy.tables()) do
        parts[i] = tenancy.text(assert(registry.db:read(function(tx) return tx:rows("SELECT * FROM " .. one.name) end)))
      end
      return table.concat(parts, "\n")
    end

    it("has 256 random bits, and another each time", function()
      local a, b = assert(tenant:make_token()).token, assert(tenant:make_token()).token
      assert.matches("^ms_" .. ("%x"):rep(64) .. "$", a)
      assert.not_equal(a, b)
    end)

    it("is its tenant's, and no other's", function()
      local made = assert(tenant:make_token { name = "billing" })
      assert.same({ tenant = "acme", token = made.id, actor = "token " .. made.id }, (tokens.identify(registry, made.token)))
    end)

    it("is told once: the database has neither it nor a part of it", function()
      local made = assert(tenant:make_token())
      local session = assert(tokens.sign_in(registry, made.token)).session
      local held = everything()
      for _, secret in ipairs { made.token:sub(4), made.token:sub(4, 20), made.token:sub(-17), session:sub(5, 20), session:sub(-17) } do
        assert.is_nil(held:find(secret, 1, true))
      end
      assert.is_not_nil(held:find(made.id, 1, true))
      assert.is_nil(tenancy.text(tenant:tokens()):find(made.token:sub(4, 20), 1, true))
    end)

    it("is listed by its name, the oldest first, for its tenant alone", function()
      local other = registry:tenant "lister"
      now = now + 5
      local second = assert(other:make_token { name = "second" })
      now = now - 5
      local first = assert(other:make_token { name = "first" })
      assert.same({
        { id = first.id, name = "first", created_at = now }, { id = second.id, name = "second", created_at = now + 5 },
      }, (other:tokens()))
      assert.same({}, (registry:tenant "nobody":tokens()))
    end)

    it("is nobody's once it is revoked, and its sessions have ended", function()
      local made, kept = assert(tenant:make_token()), assert(tenant:make_token())
      local session, other = assert(tokens.sign_in(registry, made.token)).session, assert(tokens.sign_in(registry, kept.token)).session
      assert.is_true(tenant:revoke_token(made.id))
      assert.equal("unknown_token", code_of(tokens.identify(registry, made.token)))
      assert.equal("unknown_token", code_of(tokens.identify_session(registry, session)))
      assert.equal("no_such_token", code_of(tenant:revoke_token(made.id)))
      assert.equal("acme", tokens.identify(registry, kept.token).tenant)
      assert.equal("acme", tokens.identify_session(registry, other).tenant)
    end)

    it("is not revoked by another tenant", function()
      local made = assert(tenant:make_token())
      assert.equal("no_such_token", code_of(registry:tenant "other":revoke_token(made.id)))
      assert.equal("acme", tokens.identify(registry, made.token).tenant)
    end)

    it("leaves a trace of who made and who revoked it, without itself", function()
      local audited = registry:tenant("audited", "admin")
      local made = assert(registry:tenant("audited", "token tok_a"):make_token { name = "ci" })
      assert(audited:revoke_token(made.id))
      local found = {}
      for i, event in ipairs(audited:events()) do found[i] = { event.kind, event.actor, event.data.token, event.data.name } end
      assert.same({ { "token_made", "token tok_a", made.id, "ci" }, { "token_revoked", "admin", made.id, "ci" } }, found)
    end)

    it("has a name that can be shown", function()
      for _, name in ipairs { "", "a\nb", "\226\128\174", ("x"):rep(256), "a\0b", "\255" } do
        assert.equal("bad_id", code_of(tenant:make_token { name = name }))
      end
      assert.equal("Rechnung ü", assert(tenant:make_token { name = "Rechnung ü" }).name)
    end)

    it("is one of a hundred at most", function()
      local many = registry:tenant "many"
      for _ = 1, tokens.MOST do assert(many:make_token()) end
      assert.equal("too_many", code_of(many:make_token()))
      assert(many:revoke_token(many:tokens()[1].id))
      assert(many:make_token())
    end)

    it("is looked for in nothing that is not a token", function()
      for _, text in ipairs { "", "ms_", "ms_' OR '1'='1", "ms_" .. ("g"):rep(64), "ms_" .. ("0"):rep(65), "mss_" .. ("0"):rep(64) } do
        assert.equal("unknown_token", code_of(tokens.identify(registry, text)))
        assert.equal("unknown_token", code_of(tokens.identify_session(registry, text)))
        assert.equal("unknown_token", code_of(tokens.sign_in(registry, text)))
        assert.is_false(tokens.sign_out(registry, text))
      end
    end)

    it("is made once for a database, whoever of several starts it, and not again when it is revoked", function()
      local fresh = assert(onboard.open { db = new_database() })
      local first = assert(tokens.first(fresh, "default"))
      assert.equal("default", tokens.identify(fresh, first.token).tenant)
      assert.is_false(tokens.first(fresh, "default"))
      assert(fresh:tenant "default":revoke_token(first.id))
      assert.is_false(tokens.first(fresh, "default"))
      assert.same({}, (fresh:tenant "default":tokens()))
      fresh:close()
    end)

    it("begins sessions that end by their time, and are then removed", function()
      local made = assert(tenant:make_token())
      local begun = assert(tokens.sign_in(registry, made.token))
      assert.equal(now + tokens.SESSION, begun.expires_at)
      now = begun.expires_at - 1
      assert.equal(begun.expires_at, tokens.identify_session(registry, begun.session).expires_at)
      now = begun.expires_at
      assert.equal("unknown_token", code_of(tokens.identify_session(registry, begun.session)))
      assert(tokens.sign_in(registry, made.token))
      assert.equal(0, registry.db:read(function(tx)
        return tx:row("SELECT COUNT(*) AS n FROM sessions WHERE expires_at <= ?", now)
      end).n)
    end)

    it("has a hundred sessions at most: the oldest gives way to another", function()
      local made, other = assert(tenant:make_token()), assert(tenant:make_token())
      local kept = assert(tokens.sign_in(registry, other.token)).session
      local first = assert(tokens.sign_in(registry, made.token)).session
      now = now + 1
      local second = assert(tokens.sign_in(registry, made.token)).session
      now = now + 1
      for _ = 1, tokens.SESSIONS - 1 do assert(tokens.sign_in(registry, made.token)) end
      assert.equal("unknown_token", code_of(tokens.identify_session(registry, first)))
      for _, session in ipairs { second, kept } do assert.equal("acme", tokens.identify_session(registry, session).tenant) end
    end)

    it("and a session are ended by signing out, that one alone", function()
      local made = assert(tenant:make_token())
      local one, two = assert(tokens.sign_in(registry, made.token)).session, assert(tokens.sign_in(registry, made.token)).session
      assert.is_true(tokens.sign_out(registry, one))
      assert.is_false(tokens.sign_out(registry, one))
      assert.equal("unknown_token", code_of(tokens.identify_session(registry, one)))
      assert.equal("acme", tokens.identify_session(registry, two).tenant)
    end)

    if server then
      it("is known again where the server has gone and come back", function()
        local made = assert(tenant:make_token())
        server():kill_backend()
        assert.equal("acme", assert(tokens.identify(registry, made.token)).tenant)
      end)
    end
  end)
end)
