--- `mailseal publish`: real processes, and a real name server that takes what they write.
local cjson = require "cjson"
local dns = require "mailseal.dns"
local knot = require "spec.support.knot"
local record = require "mailseal.record"
local shell = require "spec.support.shell"

local SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LWlzLXRvLXNlZS1hZ2Fpbg=="
local KEY = "hmac-sha256:mailseal:" .. SECRET
local DOMAIN = "mail.example.test"
local ZONE = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n@ TXT \"v=spf1 -all\"\n"

describe("mailseal publish", function()
  local server, directory, records

  -- What DNS shows to the command: with the domain's records, or without.
  local function show(list)
    local zone = {
      ["example.test"] = {
        { type = "SOA", data = "ns.example.test. h.example.test. 1 2 3 4 5" }, { type = "NS", data = "ns.example.test." },
      },
      ["ns.example.test"] = { { type = "A", data = "127.0.0.1" } },
    }
    for _, one in ipairs(list) do zone[one.name] = { { type = one.type, data = record.split(one.value), ttl = 60 } } end
    shell.write(directory .. "/zone.json", cjson.encode(zone))
  end

  local function run(words, environment)
    local all = { "bin/mailseal" }
    for _, word in ipairs(words) do all[#all + 1] = shell.quote(word) end
    local with = {}
    for name, value in pairs(environment or {}) do with[#with + 1] = ("%s=%s"):format(name, shell.quote(value)) end
    local line = ("env -u MAILSEAL_TSIG_KEY -u MAILSEAL_DNS_SERVER %s %s"):format(table.concat(with, " "), table.concat(all, " "))
    return shell.run(line)
  end

  local function joined(...)
    local all = {}
    for _, list in ipairs { ... } do
      for _, word in ipairs(list) do all[#all + 1] = word end
    end
    return all
  end

  local function store() return { "--db", "sqlite:" .. directory .. "/mailseal.db", "--zone", directory .. "/zone.json" } end

  local function settings() return { "--via", "rfc2136", "--set", "server=127.0.0.1", "--set", "port=" .. server.port } end

  -- With the key in the environment.
  local function publish(...) return run(joined({ "publish", DOMAIN, ... }, settings(), store()), { MAILSEAL_TSIG_KEY = KEY }) end

  local function json_of(result)
    local ok, object = pcall(cjson.decode, result.out)
    return ok and object or error(result.out .. result.err, 2)
  end

  local function zone()
    return shell.output(("kdig @127.0.0.1 -p %d example.test AXFR +noall +answer | grep -v SOA | sort"):format(server.port))
  end

  setup(function()
    if not knot.available() then return end
    directory = shell.new_directory()
    server = assert(knot.start {
      zones = { ["example.test"] = ZONE }, keys = { { name = "mailseal", algorithm = "hmac-sha256", secret = SECRET } },
    })
    show {}
    local added = run(joined({ "domains", "add", DOMAIN, "--provider", "own", "--json" }, store()))
    records = assert(cjson.decode(added.out).records, added.err)
  end)
  teardown(function()
    if server then server:stop() end
    if directory then shell.remove_directory(directory) end
  end)

  if not knot.available() then return pending "wants Knot DNS" end

  it("lists the ways, and what each wants to know", function()
    local result = run { "publish", "--list" }
    assert.equal(0, result.status, result.err)
    for _, id in ipairs(require("mailseal.publish").ids()) do assert.matches("\n" .. id .. "  ", "\n" .. result.out, 1, true) end
    assert.matches("credential key (MAILSEAL_TSIG_KEY, or a file that it names)", result.out, 1, true)
    local vias = {}
    for line in run({ "publish", "--list", "--json" }).out:gmatch "[^\n]+" do vias[#vias + 1] = cjson.decode(line).via end
    assert.equal("domain-connect", table.remove(vias))
    assert.same(require("mailseal.publish").ids(), vias)
    assert.matches("rfc2136  ", run(joined({ "publish", DOMAIN, "--list" }, store())).out, 1, true)
  end)

  it("tells what would be changed, and changes nothing", function()
    local before = zone()
    local result = publish "--dry-run"
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("add: _mailseal-challenge.mail.example.test TXT", result.out, 1, true)
    local plan = json_of(publish("--dry-run", "--json"))
    assert.is_true(plan.to_change >= 2)
    assert.same({}, plan.consents)
    assert.equal(before, zone())
  end)

  it("ends with 75 where it is written and DNS does not show it yet", function()
    local result = publish("--wait", "0", "--json")
    assert.same({ 75, "propagating" }, { result.status, json_of(result).state }, result.err)
    show(records)
    result = publish("--undo", "--wait", "0")
    assert.equal(75, result.status, result.err)
    assert.matches("do not show mail.example.test TXT yet", result.out, 1, true)
    show {}
  end)

  it("publishes, and says that DNS shows it", function()
    show(records)
    local result = publish()
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("mail.example.test: It is published, and the zone's name servers show it.", result.out, 1, true)
    local answer = dns.resolver({ servers = { server.address } }):query(records[1].name, records[1].type)
    assert.equal(records[1].value, answer.text[1])
    assert.matches("verified", run(joined({ "domains", "show", DOMAIN }, store())).out, 1, true)
  end)

  it("changes nothing a second time", function()
    local before = zone()
    local result = publish "--json"
    assert.same({ 0, "unchanged" }, { result.status, json_of(result).state })
    assert.equal(before, zone())
  end)

  it("takes the key from a file that nobody else may read, and from no argument", function()
    local path = directory .. "/tsig.key"
    local function with_file() return run(joined({ "publish", DOMAIN, "--credentials", path }, settings(), store())) end
    shell.write(path, ('key "mailseal" {\n\talgorithm hmac-sha256;\n\tsecret "%s";\n};\n'):format(SECRET))
    shell.output("chmod 644 " .. shell.quote(path))
    local result = with_file()
    assert.equal(65, result.status)
    assert.matches("it must be 0600", result.err, 1, true)
    shell.output("chmod 600 " .. shell.quote(path))
    result = with_file()
    assert.same({ 0, "" }, { result.status, result.err })
    result = run(joined({ "publish", DOMAIN, "--set", "key=" .. KEY }, settings(), store()))
    assert.equal(64, result.status)
    assert.matches("MAILSEAL_TSIG_KEY", result.err, 1, true)
    assert.is_nil((result.err .. result.out):find(SECRET, 1, true))
    assert.matches("wants to know: .*MAILSEAL_TSIG_KEY", run(joined({ "publish", DOMAIN }, settings(), store())).err)
  end)

  it("ends with 65 where the key is none, or a weak one, and says what is expected", function()
    local path = directory .. "/none.key"
    for _, one in ipairs {
      { "TSIG_KEY=" .. KEY, "key (or MAILSEAL_TSIG_KEY) is expected" }, { "nothing of the kind", "this is no key of TSIG" },
      { "hmac-sha1:mailseal:" .. SECRET, "is too weak" }, { "key=hmac-md5:mailseal:" .. SECRET, "is too weak" },
    } do
      shell.write(path, one[1] .. "\n")
      shell.output("chmod 600 " .. shell.quote(path))
      local with_file = run(joined({ "publish", DOMAIN, "--credentials", path }, settings(), store()))
      local named = run(joined({ "publish", DOMAIN }, settings(), store()), { MAILSEAL_TSIG_KEY = path })
      for _, result in ipairs { with_file, named } do
        assert.equal(65, result.status, result.err)
        assert.matches(one[2], result.err, 1, true)
        assert.is_nil(result.err:find(SECRET, 1, true))
      end
    end
  end)

  it("says in one line what is refused, and nothing that is secret", function()
    local other = "hmac-sha256:mailseal:" .. ("A"):rep(43) .. "="
    local result = run(joined({ "publish", DOMAIN }, settings(), store()), { MAILSEAL_TSIG_KEY = other })
    assert.equal(1, result.status)
    assert.matches("^mailseal publish: [^\n]+\n$", result.err)
    assert.is_nil(result.err:find(("A"):rep(20), 1, true))
    result = run(joined({ "publish", DOMAIN, "--via", "rfc2136", "--set", "server=127.0.0.1", "--set", "port=1" }, store()), {
      MAILSEAL_TSIG_KEY = KEY,
    })
    assert.equal(69, result.status, result.err)
  end)

  it("keeps an access where it is told to, and then needs none", function()
    local result = publish "--keep"
    assert.equal(0, result.status, result.err)
    assert.matches("^mailseal publish: the access is kept; [^\n]+ %-%-allow%-private%-dns%-hosts alone\n$", result.err)
    result = run(joined({ "publish", DOMAIN, "--json" }, store()))
    assert.same({ 0, "unchanged" }, { result.status, json_of(result).state })
    assert.matches("rfc2136  .*an access is kept", run(joined({ "publish", DOMAIN, "--list" }, store())).out)
    assert.equal(0, run(joined({ "publish", DOMAIN, "--forget" }, store())).status)
    result = run(joined({ "publish", DOMAIN }, store()))
    assert.equal(64, result.status)
    assert.matches("--via", result.err, 1, true)
    result = run(joined({ "publish", DOMAIN, "--forget" }, store()))
    assert.same({ 1, "mailseal publish: no credentials are kept for mail.example.test\n" }, { result.status, result.err })
  end)

  it("takes back what it has written, and only that", function()
    local result = publish("--undo", "--dry-run")
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("- TXT", result.out, 1, true)
    assert.is_truthy(zone():find(DOMAIN, 1, true))
    show {}
    result = publish "--undo"
    assert.same({ 0, "" }, { result.status, result.err })
    assert.matches("What was published is taken back", result.out, 1, true)
    assert.is_nil(zone():find(DOMAIN, 1, true))
    assert.matches("v=spf1 -all", zone(), 1, true)
  end)

  it("wants consent for what goes, as options to be copied, and tells later what was agreed to", function()
    local other = "other.example.test"
    local added = cjson.decode(run(joined({ "domains", "add", other, "--provider", "own", "--json" }, store())).out)
    local selector
    for _, one in ipairs(added.records) do selector = one.purpose == "dkim" and one.name or selector end
    assert(server:update("example.test", { ("add %s. 60 CNAME elsewhere.example."):format(selector) }))
    local function attempt(...)
      return run(joined({ "publish", other, "--wait", "0", ... }, settings(), store()), { MAILSEAL_TSIG_KEY = KEY })
    end
    local refused = attempt()
    assert.equal(1, refused.status)
    local consent = refused.err:match "^mailseal publish: this needs consent: %-%-consent '([^'\n]+)'\n$"
    assert.is_truthy(consent, refused.err)
    assert.equal(1, attempt("--dry-run").status)
    local told = attempt "--json"
    assert.same({ 1, { consent } }, { told.status, json_of(told).consents })
    local agreed = attempt("--dry-run", "--consent", consent)
    assert.same({ 0, "" }, { agreed.status, agreed.err })
    assert.is_nil(agreed.out:find("needs consent", 1, true))
    show(added.records)
    assert.equal(0, attempt("--consent", consent).status)
    show {}
    assert.matches("agreed to: " .. consent, run(joined({ "publish", other, "--history" }, store())).out, 1, true)
    assert.equal("", attempt("--undo").err)
    assert.matches("elsewhere.example.", zone(), 1, true)
  end)

  it("lists what was done, with each record before and after", function()
    local list = {}
    local told = run(joined({ "publish", DOMAIN, "--history", "--json" }, store())).out
    for line in told:gmatch "[^\n]+" do list[#list + 1] = cjson.decode(line) end
    assert.same({ 4, "undo", "publish" }, { #list, list[1].purpose, list[2].purpose })
    assert.equal("mailseal publish", list[2].actor)
    assert.equal(#list[2].records, #list[1].records)
    assert.same(list[2].records[1].after, list[1].records[1].before)
    assert.matches("undo, done", run(joined({ "publish", DOMAIN, "--history" }, store())).out, 1, true)
  end)

  it("takes back what was published for a domain that was removed, as its removal tells", function()
    local added = run(joined({ "domains", "add", "gone.example.test", "--provider", "own", "--json" }, store()))
    local gone = cjson.decode(added.out)
    show(gone.records)
    local words = joined({ "publish", gone.domain }, settings(), store())
    assert.equal(0, run(words, { MAILSEAL_TSIG_KEY = KEY }).status)
    assert.is_truthy(zone():find("gone.example.test", 1, true))
    local removed = run(joined({ "domains", "remove", gone.domain }, store()))
    assert.matches("mailseal publish gone.example.test --via rfc2136 --undo", removed.out, 1, true)
    show {}
    local undone = run(joined(words, { "--undo" }), { MAILSEAL_TSIG_KEY = KEY })
    assert.same({ 0, "" }, { undone.status, undone.err })
    assert.is_nil(zone():find("gone.example.test", 1, true))
  end)

  it("ends with 64 where it is used wrongly", function()
    for _, words in ipairs {
      {}, { DOMAIN, "--via", "nobody" }, { DOMAIN, "--undo", "--history" }, { DOMAIN, "--via", "rfc2136", "--set", "sever=x" },
      { DOMAIN, "--ttl", "x" }, { DOMAIN, "--forget", "--dry-run" }, { DOMAIN, "--undo", "--keep" }, { DOMAIN, "--history", "--ttl", "60" },
      { DOMAIN, "--undo", "--consent", "a@b" }, { "--list", "--dry-run" },
    } do
      local result = run(joined({ "publish" }, words, store()))
      assert.equal(64, result.status, result.err)
      assert.matches("^mailseal publish: [^\n]+\n$", result.err)
    end
    assert.equal(1, run(joined({ "publish", "nowhere.example", "--via", "rfc2136" }, store()), { MAILSEAL_TSIG_KEY = KEY }).status)
  end)
end)
