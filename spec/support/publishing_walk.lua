--- The whole way of a domain whose records are published for the customer, at servers that are real: a zone as a customer has it, a plan,
-- what it says, what it does, the domain verified, its key rotated without a hand, all of it taken back; and the zone is what it was.
--
--     walk.tests { busted = …, start = function() return places.at_primary "Knot" end, walks = { "own", "sendgrid" } }
local assert = require "luassert"
local dns = require "mailseal.dns"
local onboard = require "mailseal.onboard"
local places = require "spec.support.publishing_places"
local publish = require "mailseal.publish"
local publishing = require "spec.support.publishing"
local shell = require "spec.support.shell"

local M = {}

local DAY = 86400

-- ---- a stage

local Stage = {}
Stage.__index = Stage

--- A registry that asks a place's DNS, and whose clock the test moves.
-- @tparam table place
-- @tparam[opt] table options `db`: a URL; `now`; `directory`, which stays; `ca_file`: of certificates, where DNS hosts
--   are asked by TLS; `signs_late`: true where what is signed for others to check goes
--   by that clock, too, and not by theirs, which nobody moves
-- @treturn table `registry`, `tenant` ("acme"), `now`, `place`, `directory`, `url` (of the database); and `pass`, `close`
function M.open(place, options)
  options = options or {}
  local stage = setmetatable({ now = options.now or os.time(), place = place }, Stage)
  stage.directory = options.directory or shell.new_directory()
  stage.stays = options.directory ~= nil
  local function clock() return stage.now end
  stage.url = options.db or "sqlite:" .. stage.directory .. "/mailseal.db"
  stage.registry = assert(onboard.open {
    db = stage.url, master_key_file = stage.directory .. "/master.key", clock = clock,
    resolver = assert(dns.resolver { servers = { place.server.address }, port = place.server.port, timeout = 10, now = clock }),
    policy = { publishing = { allow_private = true, allow_plain = not options.ca_file, wait = 60, ca_file = options.ca_file } },
  })
  stage.tenant = stage.registry:tenant "acme"
  stage.open_target = publish.open
  function publish.open(id, given) -- luacheck: ignore
    if not options.signs_late then given.now = os.time end
    return stage.open_target(id, given)
  end
  return stage
end

--- Lets time pass, the worker doing all that comes to be due meanwhile.
-- @tparam number seconds
function Stage:pass(seconds) publishing.pass(self, seconds) end

--- Ends it.
function Stage:close()
  publish.open = self.open_target -- luacheck: ignore
  self.registry:close()
  if not self.stays then shell.remove_directory(self.directory) end
end

--- Options of `tenant:plan`.
-- @tparam[opt] table more
-- @treturn table
function Stage:way(more)
  local all = {}
  for _, list in ipairs { self.place.way, more or {} } do
    for name, value in pairs(list) do all[name] = value end
  end
  return all
end

-- ---- what there is to walk

--- Domains by what sends for them: what they are created with, what is to be agreed to, what a plan is to say of each of their records
-- then, and which of the zone's lines go.
M.WALKS = {
  own = {
    domain = "shop.test", provider = "own-server", rotates = true,
    steps = { ownership = "add", dkim = "add", spf = "keep", dmarc = "keep" },
  },
  own_below = {
    domain = "news.shop.test", provider = "own-server", rotates = true,
    vars = { spf = "v=spf1 ip4:192.0.2.99 -all", mx = "mx.example.net" }, consents = { "record_hides_wildcard@news.shop.test" },
    steps = { ownership = "add", dkim = "add", spf = "add", dmarc = "keep", mx = "add" },
  },
  -- SPF beside what else there is, and a policy where there is none.
  bare = {
    domain = "bare.test", provider = "own-server", rotates = true, zones = { "bare.test" },
    steps = { ownership = "add", dkim = "add", spf = "change", dmarc = "add" },
  },
  split = {
    domain = "split.test", provider = "own-server", rotates = true, zones = { "_domainkey.split.test", "split.test" },
    steps = { ownership = "add", dkim = "add", spf = "change", dmarc = "add" },
  },
  sendgrid = {
    domain = "shop.test", provider = "sendgrid", vars = { em = "em1234", user = "u12", wl = "wl34", selectors = { "s1", "s3" } },
    steps = { ownership = "add", em = "add", dkim1 = "add", dkim2 = "add", dmarc = "keep" },
  },
  -- Where others stand in the way, and go with consent: they come back as they were.
  replacing = {
    domain = "shop.test", provider = "sendgrid", vars = { em = "taken", user = "u12", wl = "wl34" },
    consents = { "cname_replaced@taken.shop.test", "cname_wrong_target@s2._domainkey.shop.test" },
    steps = { ownership = "add", em = "change", dkim1 = "add", dkim2 = "change", dmarc = "keep" },
    gone = { "s2._domainkey.shop.test.", "taken.shop.test.", "taken.shop.test." },
  },
  kraiter = {
    domain = "mail.shop.test", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
    consents = { "record_hides_wildcard@mail.shop.test" },
    steps = {
      ownership = "add", dkim1 = "add", dkim2 = "add", dkim3 = "add", mail_from_mx = "add", mail_from_spf = "add", dmarc = "keep",
    },
  },
  kartra = {
    domain = "shop.test", provider = "kartra",
    vars = {
      hosts = { "sk1", "sk2", "sk3" }, targets = { "sk1.dkim.example.net", "sk2.dkim.example.net", "sk3.dkim.example.net" },
    },
    steps = { ownership = "add", dkim1 = "add", dkim2 = "add", dkim3 = "add", dmarc = "keep" },
  },
  -- The one whose SPF record goes into that of the customer.
  elastic = {
    domain = "shop.test", provider = "elasticemail", vars = { key = places.KEY },
    steps = { ownership = "add", spf = "change", dkim = "add", tracking = "add", dmarc = "keep" },
    gone = { "TXT \"v=spf1 ip4:192.0.2.0/28 " },
    there = {
      "v=spf1 ip4:192.0.2.0/28 include:_spf.example.net include:spf.example.org ?include:other.example.net "
        .. "include:_spf.elasticemail.com -all",
    },
  },
}

-- The lines of one text that another has not.
local function lines_without(text, other)
  local known, list = {}, {}
  for line in other:gmatch "[^\n]+" do known[line] = true end
  for line in text:gmatch "[^\n]+" do
    if not known[line] then list[#list + 1] = line end
  end
  return list
end

-- ---- the walk

local function create(stage, walk)
  assert(stage.tenant:create { domain = walk.domain, provider = walk.provider, vars = walk.vars })
end

-- What needs consent is told, and nothing is done without it. Returns a plan in which it is given.
local function make_plan(stage, walk)
  local tenant, before = stage.tenant, stage.place.zone()
  local plan = assert(tenant:plan(walk.domain, stage:way { keep = walk.rotates }))
  if not walk.consents then return plan end
  local known = {}
  for _, conflict in ipairs(plan.conflicts) do known[conflict.consent] = true end
  for _, consent in ipairs(walk.consents) do
    assert.truthy(plan:diff():find("to agree: " .. consent, 1, true), plan:diff())
    assert.is_true(known[consent])
    known[consent] = nil
  end
  assert.same({}, known)
  assert.equal("consent_needed", (select(3, plan:apply())))
  assert.equal(before, stage.place.zone())
  return assert(tenant:plan(walk.domain, stage:way { keep = walk.rotates, consent = walk.consents }))
end

local function check_plan(walk, plan)
  local actions = {}
  -- A key of our own has a selector that nobody knows beforehand.
  for _, step in ipairs(plan.steps) do actions[step.record:gsub("^dkim_.*$", "dkim")] = step.action end
  assert.same(walk.steps, actions)
  assert.same(walk.zones or { places.ZONE }, plan.zones)
  assert.same({}, plan.conflicts)
  local diff = plan:diff()
  for _, step in ipairs(plan.steps) do
    for _, value in ipairs(step.action == "add" and step.after or {}) do
      assert.truthy(diff:find("+ " .. step.type .. " " .. value, 1, true) or diff:find("  " .. step.type .. " " .. value, 1, true), diff)
    end
  end
end

-- All that is new is what the plan has said, and nothing that was there is gone but what it has said.
local function check_published(walk, plan, before, after)
  local gone, come, wanted = lines_without(before, after), lines_without(after, before), {}
  assert.equal(#(walk.gone or {}), #gone, table.concat(gone, "\n"))
  for i, text in ipairs(walk.gone or {}) do assert.truthy(gone[i]:find(text, 1, true), gone[i]) end
  for _, step in ipairs(plan.steps) do
    if step.action == "add" or step.action == "change" then wanted[step.name .. ". " .. step.type] = true end
  end
  local seen = {}
  for _, line in ipairs(come) do
    local place = line:gsub("^(%S+) %d+ IN (%S+) .*$", "%1 %2")
    assert.is_true(wanted[place], line)
    seen[place] = true
  end
  assert.same(wanted, seen)
  for _, text in ipairs(walk.there or {}) do assert.truthy(after:gsub('" "', ""):find(text, 1, true), after) end
end

local function check_verified(stage, walk, domain)
  assert.equal("verified", domain.status, table.concat({ domain.status, tostring(domain.text) }, " "))
  assert.equal("verified", assert(stage.tenant:get(walk.domain)).status)
end

-- Whoever applies it again, with the same plan or another, changes nothing.
local function check_again(stage, walk, plan)
  local zone, serial, tenant = stage.place.zone(), stage.place.serial(), stage.tenant
  if plan then assert.is_false(assert(plan:apply()).changed) end
  local again = assert(tenant:plan(walk.domain, stage:way()))
  assert.same({ {}, {} }, { again.changes, again.conflicts })
  assert.is_false(assert(again:apply()).changed)
  assert.same({ zone, serial }, { stage.place.zone(), stage.place.serial() })
end

-- A key in the place of another, from its making to the end of the old one; nobody touches DNS but the worker.
local function rotate(stage, walk)
  local tenant = stage.tenant
  local function has(text) return stage.place.zone():gsub('" "', ""):find(text, 1, true) ~= nil end
  local old = tenant:keys(walk.domain)[1]
  stage:pass(DAY)
  local new = assert(tenant:rotate(walk.domain))
  stage:pass(3600)
  assert.same({ true, true }, { has(new.text), has(old.text) }, stage.place.zone())
  stage:pass(2 * DAY)
  assert.equal("active", tenant:keys(walk.domain)[2].state)
  assert.is_true(has(old.text))
  stage:pass(7 * DAY)
  assert.is_true(has(old.selector .. "._domainkey." .. walk.domain))
  assert.same({ false, true }, { has(old.text), has(new.text) })
  stage:pass(9 * DAY)
  local list = tenant:keys(walk.domain)
  assert.same({ "removed", "active", new.selector }, { list[1].state, list[2].state, list[2].selector })
  assert.same({ false, true }, { has(old.selector .. "._domainkey"), has(new.text) })
  check_verified(stage, walk, assert(tenant:get(walk.domain)))
end

-- What was done is told: what there was before, and after.
local function check_told(stage, walk)
  local purposes, problems = {}, {}
  for _, one in ipairs(assert(stage.tenant:publications(walk.domain))) do
    purposes[one.purpose] = (purposes[one.purpose] or 0) + 1
    assert.same({ "done", stage.place.way.via, true }, { one.state, one.via, #one.records > 0 })
  end
  assert.same({ publish = 1, keys = walk.rotates and 3 or nil, undo = 1 }, purposes)
  for _, event in ipairs(assert(stage.tenant:events { limit = 1000 })) do
    if event.kind == "publish_failed" then problems[#problems + 1] = event end
  end
  assert.same({}, problems)
end

--- Walks.
-- @tparam table stage of @{open}
-- @tparam table walk one of @{WALKS}
function M.walk(stage, walk)
  local tenant, place = stage.tenant, stage.place
  local before = place.zone()
  create(stage, walk)
  local plan = make_plan(stage, walk)
  check_plan(walk, plan)
  assert.equal(before, place.zone())
  local done = assert(plan:apply())
  assert.same({ true, true, {} }, { done.changed, done.shown, done.not_shown }, done.text)
  check_published(walk, plan, before, place.zone())
  check_verified(stage, walk, assert(done.domain))
  check_again(stage, walk, plan)
  if walk.rotates then
    rotate(stage, walk)
    check_again(stage, walk)
    -- A plan of former days does not bring the former key back.
    assert.same({ nil, "changed_meanwhile" }, { (plan:apply()), (select(3, plan:apply())) })
  end
  -- By the access that was kept, where it was.
  assert.is_true(assert(tenant:unpublish(walk.domain, walk.rotates and { via = place.way.via } or stage:way())).changed)
  assert.equal(before, place.zone())
  check_told(stage, walk)
  assert.is_false(assert(tenant:unpublish(walk.domain, stage:way())).changed)
end

--- The walks at one place, as tests to call within a `describe`.
-- @tparam table given `busted`: its functions here; `start`, which makes the place; `walks`, names of @{WALKS}; `db`: a function that makes
--   a database, of which it returns the URL
function M.tests(given)
  local busted, place, stage = given.busted, nil, nil
  busted.setup(function() place = given.start() end)
  busted.teardown(function() place.stop() end)
  busted.before_each(function() stage = M.open(place, { db = given.db and given.db() }) end)
  busted.after_each(function() stage:close() end)
  for _, name in ipairs(given.walks) do
    local walk = M.WALKS[name]
    busted.it(("is set up for %s, and all of it is taken back (Sure)"):format(walk.provider), function() M.walk(stage, walk) end)
  end
end

return M
