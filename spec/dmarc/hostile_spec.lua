--- The lines of the hostile input that DMARC must withstand, each from a message to its verdict.
local authres = require "mailseal.authres"
local dmarc = require "mailseal.dmarc"
local dns = require "mailseal.dns"

local NAMES = { ["_dmarc.example.com"] = "v=DMARC1; p=reject", ["_dmarc.example.net"] = "v=DMARC1; p=quarantine" }

local function resolver_of(names)
  local zone = {}
  for name, text in pairs(names) do zone[name] = { { type = "TXT", data = text } } end
  return assert(dns.resolver { zone = zone, now = function() return 1000 end })
end

local function message(...)
  return table.concat({ ... }, "\r\n") .. "\r\n\r\nbody\r\n"
end

-- The verdict on a message that two organizations have signed, and that SPF passes for.
local function verdict_on(...)
  return assert(dmarc.evaluate {
    message = message(...), resolver = resolver_of(NAMES),
    dkim = {
      { domain = "example.com", result = "pass", selector = "s1" }, { domain = "example.net", result = "pass", selector = "s1" },
    },
    spf = { domain = "example.com", result = "pass", identity = "mailfrom" },
  })
end

-- Whoever signed it, it does not pass, for this reason, and no policy is applied.
local function refused(reason, ...)
  local verdict = verdict_on(...)
  assert.same({ "permerror", reason, "none" }, { verdict.result, verdict.reason, verdict.disposition })
  assert.is_string(verdict.text)
end

describe("Engine 3: a DMARC pass", function()
  it("is given to a message with one From, so that what follows fails for its own reason", function()
    local verdict = verdict_on "From: a@example.com"
    assert.same({ "pass", "example.com" }, { verdict.result, verdict.domain })
  end)

  it("is never given where there are two From fields", function()
    refused("multiple_from", "From: a@example.com", "From: a@example.net")
    refused("multiple_from", "From: a@example.com", "From: a@example.com")
    refused("multiple_from", "From: a@example.com", "Subject: x", "fROM: b@example.net")
  end)

  it("is never given where there is none, or an empty one", function()
    refused("no_author", "Subject: nobody")
    assert.equal("permerror", verdict_on("From:").result)
    assert.equal("permerror", verdict_on("From: undisclosed:;").result)
  end)

  it("is never given for one of several authors' domains", function()
    refused("several_authors", "From: a@example.com, b@example.net")
    refused("several_authors", "From: a@example.net, b@example.com")
  end)

  it("is never given where a From is spelt `From :`", function()
    refused("multiple_from", "From : a@example.com", "From: a@example.net")
    refused("multiple_from", "From: a@example.com", "From\t: a@example.net")
  end)

  it("is never given where a field's name is folded", function()
    refused("multiple_from", "From: a@example.com", "F\r\n rom: b@example.net")
    refused("multiple_from", "From: a@example.com", "From\r\n : b@example.net")
  end)

  it("is never given where a bare CR, a bare LF or a NUL hides a field", function()
    for _, from in ipairs {
      "From: a@example.com\rFrom: b@example.net", "From: a@example.com\nFrom: b@example.net", "From: a@example.com\0",
    } do
      assert.equal("permerror", verdict_on(from).result, from)
    end
  end)

  it("is never given to `user@d>`, nor to what else is no address", function()
    refused("malformed_from", "From: user@d>")
    refused("malformed_from", "From: a@example.com>")
    refused("malformed_from", "From: a@example.com <b@example.net>")
    refused("malformed_from", "From: a@b@example.com")
  end)

  it("costs look-ups of a few authors' domains only, and is then not given", function()
    local list = {}
    for i = 1, 50 do
      list[i] = ("u@d%d.test"):format(i)
    end
    local asked, inner = 0, resolver_of {}
    local counting = {
      query_all = function(_, queries, kind)
        asked = asked + #queries
        return inner:query_all(queries, kind)
      end,
      query = function(_, ...) return inner:query(...) end,
    }
    local verdict = dmarc.evaluate { message = message("From: " .. table.concat(list, ",\r\n ")), resolver = counting }
    assert.same({ "permerror", "several_authors", true, 4 },
      { verdict.result, verdict.reason, verdict.incomplete, #verdict.authors })
    assert.equal(5, asked) -- four domains and their parent
  end)
end)

describe("Engine 18: what DMARC puts into Authentication-Results", function()
  -- The one result that is written of a verdict, read again; no line of the field begins another one.
  local function written(verdict)
    local text = authres.write { authserv_id = "mx.example.org", results = { verdict } }
    for line in text:sub(1, -3):gmatch("\r\n(.?)") do
      assert.matches("^[ \t]", line)
    end
    assert.is_nil(text:find("[%z\1-\8\11\12\14-\31\127-\255]"))
    assert.is_nil(text:gsub("\r\n", ""):find("[\r\n]"))
    local results = assert(authres.parse(text)).results
    assert.equal(1, #results, text)
    assert.equal("dmarc", results[1].method)
    return results[1]
  end

  local values = {
    'a"b.com', "a;dmarc=pass", "a.com (x", "a.com\r\nEvil: x", "a\\.com", "\255\254.com", "a=b.com", "\27[31m.com",
    'x"; dmarc=pass header.from="example.com',
  }

  it("is quoted or filtered, whatever From holds", function()
    for _, value in ipairs(values) do
      local verdict = verdict_on("From: <a@" .. value .. ">")
      assert.not_equal("pass", written(verdict).result, value)
      assert.is_nil(verdict.text:find("[%c\127-\255]"), value)
      verdict = assert(dmarc.evaluate { from = value, resolver = resolver_of {} })
      assert.not_equal("pass", written(verdict).result, value)
    end
  end)

  it("is quoted or filtered, whatever the signatures and the sender name", function()
    for _, value in ipairs(values) do
      local verdict = assert(dmarc.evaluate {
        from = "example.com", resolver = resolver_of(NAMES), dkim = { { domain = value, result = "pass", selector = value } },
        spf = { domain = value, result = "pass", identity = "mailfrom" },
      })
      local result = written(verdict)
      assert.same({ "fail", "example.com" }, { result.result, result.properties["header.from"] }, value)
      assert.is_nil(verdict.text:find("[%c\127-\255]"), value)
    end
  end)

  it("is quoted or filtered, whatever the record says", function()
    for _, policy in ipairs { "reject\r\nEvil: x", 'none"; dmarc=pass', "reject (", "quarantine; rua=mailto:a\r\n@b;dmarc=pass", "\255" } do
      local verdict = assert(dmarc.evaluate {
        from = "example.com",
        resolver = {
          query_all = function(_, names)
            local answers = {}
            for i, name in ipairs(names) do
              answers[i] = {
                status = "ok", name = name, type = "TXT", records = {}, chain = {}, text = { "v=DMARC1; p=" .. policy }, ttl = 1,
                recheck_at = 1,
              }
            end
            return answers
          end,
        },
      })
      local result = written(verdict)
      assert.not_equal("pass", result.result, policy)
      local said = result.properties["policy.dmarc"]
      assert.is_true(said == nil or said == "none" or said == "quarantine" or said == "reject", policy)
      assert.is_nil(verdict.text:find("[%c\127-\255]"), policy)
    end
  end)
end)
