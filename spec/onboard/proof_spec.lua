-- What proves a domain to be a tenant's, and what does not: hostile-input.md, Service 3 and DNS 3–5, as who runs the DNS might try it.
local onboarding = require "spec.support.onboarding"

local HOUR = 3600

describe("The proof of ownership", function()
  local stage, tenant, domain, proof

  local function open(policy)
    stage = onboarding.open { policy = { schedule = policy } }
    tenant = stage.tenant
    domain = assert(tenant:create { domain = "example.com", provider = "test-cname" })
    stage:publish(domain.records)
    proof = domain.records[1]
  end
  before_each(function() open() end)
  after_each(function() stage:close() end)

  -- Looks with these records in the place of the proof. Returns the domain's status, whether it is owned, and the proof's status.
  local function look(records)
    stage:replace(proof.name, records)
    stage.now = stage.now + HOUR
    local seen = assert(tenant:verify "example.com")
    return { seen.status, seen.owned, seen.records[1].id == "ownership" and seen.records[1].status or nil }
  end

  local function text(value) return { type = "TXT", data = value, ttl = 300 } end

  -- All records, and what only the resolver says.
  local function lies(more)
    stage.lies = {}
    for _, records in ipairs { stage.records, more } do
      for name, list in pairs(records) do
        stage.lies[name] = list
      end
    end
  end

  it("is the very text in one record, among whatever other texts", function()
    local value = proof.value
    for _, records in ipairs {
      { text(value:upper()) }, { text('"' .. value .. '"') }, { text(value .. " ") }, { text(value .. "\0") }, { text(value .. "x") },
      { text(value:sub(1, -2)) }, { text(value:sub(1, 20)), text(value:sub(21)) }, { text "mailseal-domain-verification=" },
      { text(value .. ";" .. value) }, { text(value:match "=(.+)") },
    } do
      assert.same({ "pending", false }, { (table.unpack or unpack)(look(records), 1, 2) }) -- luacheck: ignore
    end
    local many = {}
    for i = 1, 300 do
      many[i] = text(("mailseal-domain-verification=%032d"):format(i))
    end
    many[301] = text { value:sub(1, 7), value:sub(8) }
    assert.same({ "verified", true }, look(many))
  end)

  it("is not what is at another name: behind a CNAME or a wildcard's, or at the domain itself", function()
    stage:replace("x.host.example", { text(proof.value) })
    assert.same({ "pending", false, "mismatch" }, look { { type = "CNAME", data = "x.host.example." } })
    stage:replace("*.example.com", { { type = "CNAME", data = "x.host.example." } })
    assert.same({ "pending", false, "mismatch" }, look(nil))
    stage:replace("*.example.com", nil)
    table.insert(stage.records["example.com"], text(proof.value))
    local seen = look(nil)
    assert.same({ "pending", false }, { seen[1], seen[2] })
    assert.same({ "verified", true }, look { text(proof.value) })
  end)

  it("is not what the resolver alone says, where the zone's name servers say otherwise", function()
    local records = { text(proof.value) }
    lies { [proof.name] = records }
    assert.same({ "pending", false, "missing" }, look(nil))
    lies { [proof.name] = records }
    assert.same({ "pending", false }, { (table.unpack or unpack)(look { text "something else" }, 1, 2) }) -- luacheck: ignore
    stage.lies = nil
    assert.same({ "verified", true }, look(records))
  end)

  it("is what the resolver says where no name server answers, unless the policy wants them to confirm it", function()
    local records = { text(proof.value) }
    stage.silent = true
    assert.same({ "verified", true }, look(records))
    stage:close()
    open { confirm_proof = true }
    records, stage.silent = { text(proof.value) }, true
    assert.same({ "pending", false, "unknown" }, look(records))
    stage:pass(5 * HOUR)
    assert.same("pending", tenant:get("example.com").status)
    stage.silent = nil
    assert.same({ "verified", true }, look(records))
  end)

  it("is neither given nor taken by faults of DNS", function()
    for _, fault in ipairs { "timeout", "servfail", "refused" } do
      assert.same({ "pending", false, "unknown" }, look { { error = fault } })
    end
    assert.same({ "verified", true }, look { text(proof.value) })
    for _, fault in ipairs { "timeout", "servfail", "refused" } do
      assert.same({ "verified", true }, look { { error = fault } })
    end
    stage:fail "timeout"
    stage:pass(10 * 24 * HOUR)
    assert.same({ "verified", true }, { tenant:get("example.com").status, tenant:get("example.com").owned })
  end)

  it("is asked of each of a thousand tenants, and one who publishes his has the domain", function()
    local others, texts = {}, {}
    for i = 1, 1000 do
      others[i] = stage.registry:tenant("t" .. i)
      local created = others[i]:create { domain = "example.com", provider = "test-cname" }
      texts[created.records[1].value] = true
      stage.records[proof.name] = i == 777 and { text(created.records[1].value) } or stage.records[proof.name]
    end
    local count = 0
    for _ in pairs(texts) do
      count = count + 1
    end
    assert.equal(1000, count)
    stage:replace(proof.name, stage.records[proof.name])
    stage.now = stage.now + 60
    assert.equal(1001, stage.registry:work { until_idle = true })
    assert.equal("verified", others[777]:get("example.com").status)
    for i = 1, 1000 do
      local verdict, code = others[i]:decide "example.com"
      assert.same(i == 777 and { "send", "verified" } or { "refuse", "not_verified" }, { verdict, code })
    end
    assert.equal("pending", tenant:get("example.com").status)
  end)
end)
