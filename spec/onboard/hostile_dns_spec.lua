-- What a hostile owner of DNS publishes: hostile-input.md, Service 6, 8 and 9. It is data wherever it goes: into what is kept of a look,
-- into events, into what a tenant gets, into letters and files.
local databases = require "spec.support.databases"
local onboarding = require "spec.support.onboarding"
local printable = require "mailseal.printable"
local tenancy = require "spec.support.tenancy"

local DAY = 86400

local EVIL = {
  "<script>alert(1)</script>", "\27]0;owned\7\27[2J", "a\0b", "\255\254\253",
  "x\226\128\174gpj.exe", "x\r\nBcc: all@example.com", "=cmd|' /C calc'!A0",
  '"; $INCLUDE /etc/passwd ; @', "${jndi:ldap://x}", "%s%n%d", "v=DKIM1; k=ed25519; p=\27[31m", ("A"):rep(60000),
  "'; DROP TABLE domains; --",
  "\194\155\49m", "\239\187\191\226\128\139x", "mailseal-domain-verification=\0",
}

local function txt(text)
  local strings = {}
  for i = 1, math.max(#text, 1), 255 do
    strings[#strings + 1] = text:sub(i, i + 254)
  end
  return { type = "TXT", data = strings, ttl = 300 }
end

describe("A hostile text in DNS", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local stage, tenant

    before_each(function()
      stage = onboarding.open { db = new_database() }
      tenant = stage.tenant
    end)
    after_each(function() stage:close() end)

    local function is_fit(what, text)
      assert.equal(printable.line(text), text, what)
    end

    local function are_fit(what, value)
      if type(value) == "string" then
        is_fit(what, value)
        assert.is_true(#value < 3000, what)
      elseif type(value) == "table" then
        for name, item in pairs(value) do
          are_fit(what .. "." .. tostring(name), name)
          are_fit(what .. "." .. tostring(name), item)
        end
      end
    end

    -- Looks at all that a tenant gets.
    local function look_around()
      are_fit("domain", (assert(tenant:get "example.com")))
      are_fit("events", assert(tenant:events { limit = 1000 }))
      for line in tenancy.rows(stage.registry.db, "acme"):gmatch "[^\n]+" do
        is_fit("row", line)
        assert.is_true(#line < 40000)
      end
      for _, format in ipairs { "bind", "csv", "terraform", "dnscontrol", "octodns", "letter", "html" } do
        local written, message, code = tenant:export("example.com", format)
        assert.is_true(written ~= nil or code == "not_representable", code)
        is_fit(format, message or "")
        written = written or ""
        for line in written:gmatch "[^\r\n]+" do
          assert.equal(line, (printable.line((line:gsub("\t", " "))):gsub("\t", " ")), format)
        end
        assert.is_true(format ~= "html" or not written:find("<script", 1, true), format)
        assert.is_nil(written:find("\n$INCLUDE", 1, true))
        assert.is_nil(written:find("[\n,]\"?[=+@-]c") or written:find "%.%.%.\"", format)
        assert.is_true(#written < 100000, format)
      end
    end

    for i, text in ipairs(EVIL) do
      it(("is data wherever it goes (%d)"):format(i), function()
        local domain = assert(tenant:create { domain = "example.com", provider = "test-cname" })
        -- In the place of every record, beside the right ones, and instead of them when the domain is verified.
        for _, record in ipairs(domain.records) do
          stage:replace(record.name, { txt(text) })
        end
        stage:replace("_dmarc.example.com", { txt("v=DMARC1; p=none; rua=" .. text), txt("v=spf1 " .. text) })
        tenant:verify "example.com"
        look_around()
        stage:publish(domain.records)
        table.insert(stage.records[domain.records[1].name], txt(text))
        stage:replace("k1.provider.example", { txt("v=DKIM1; n=" .. text), txt(text) })
        tenant:verify "example.com"
        look_around()
        stage:replace("k1.provider.example", { txt(onboarding.KEY) })
        stage.now = stage.now + 3600
        assert.equal("verified", assert(tenant:verify "example.com").status)
        stage:replace("s1._domainkey.example.com", { txt(text) })
        stage:replace("bounce.example.com", { txt(text), { type = "MX", data = "10 <script>\\027[2J\\000.example." } })
        stage.now = stage.now + 2 * DAY
        assert.equal(1, stage.registry:work { until_idle = true })
        look_around()
      end)
    end

    it("stands in the names of hosts and zones, too", function()
      local domain = assert(tenant:create { domain = "example.com", provider = "test-cname" })
      stage:publish(domain.records)
      stage:replace("s1._domainkey.example.com", { { type = "CNAME", data = "<script>\\027[2J\\000\\226\\128\\174.k1.provider.example." } })
      stage:replace("bounce.example.com", { { type = "MX", data = "10 \\027]0\\059x\\007.provider.example." } })
      stage:replace("example.com", {
        { type = "SOA", data = "\\027[2J.example. h\\000.example. 1 3600 600 86400 300" },
        { type = "NS", data = "<script>\\027[2J.example." }, { type = "NS", data = "ns1.dns.example." },
      })
      tenant:verify "example.com"
      are_fit("dns_host", (tenant:dns_host "example.com"))
      look_around()
    end)
  end)
end)
