--- Publications of programs of their own, which are killed, or several at once, at a place of `spec.support.publishing_places`.
local assert = require "luassert"
local async = require "mailseal.async"
local cjson = require "cjson"
local shell = require "spec.support.shell"
local walk = require "spec.support.publishing_walk"

local M = {}

-- Seconds until what a program does must have come about, however loaded the machine is; and after which what a program had that was
-- killed is anybody's.
local PATIENCE, LEASE = 60, 60

local ELASTIC = walk.WALKS.elastic

--- The command line of a program; see publishing_walker.lua.
-- @tparam table stage of `spec.support.publishing_walk`
-- @tparam string what "apply" or "undo"
-- @tparam[opt=0] number point at which it dies
-- @tparam[opt] string go a file that it waits for
-- @treturn string
function M.command(stage, what, point, go)
  local path, place = stage.directory .. "/walker.json", stage.place
  shell.write(path, cjson.encode {
    db = stage.url, directory = stage.directory, server = { address = place.server.address, port = place.server.port },
    way = place.way, domain = ELASTIC.domain,
  })
  return ("LUA_PATH=%s LUA_CPATH=%s $LUA spec/support/publishing_walker.lua %s %d %s %d %s"):format(
    shell.quote(package.path .. ";;"), shell.quote(shell.core .. ";;"), shell.quote(path), stage.now, what, point or 0, go or "")
end

--- Runs a program until something has come about, and kills it then.
-- @tparam table stage
-- @tparam string what
-- @tparam function has_come
function M.kill_when(stage, what, has_come)
  local line = M.command(stage, what):gsub("%$LUA", shell.lua, 1)
  local output = stage.directory .. "/output"
  local pid = tonumber((shell.output(("env %s >%s 2>&1 </dev/null & echo $!"):format(line, output)):match "%d+"))
  local ends = async.now() + PATIENCE
  while not has_come() do
    if async.now() > ends then error("it did not come to that: " .. shell.read(output)) end
    async.sleep(0.01)
  end
  assert.is_true(shell.succeeds("kill -9 " .. pid), shell.read(output))
end

--- Creates the domain, as if nobody had heard of it.
function M.begin(stage)
  if stage.tenant:get(ELASTIC.domain) then assert(stage.tenant:remove(ELASTIC.domain)) end
  assert(stage.tenant:create { domain = ELASTIC.domain, provider = ELASTIC.provider, vars = ELASTIC.vars })
end

local function count_open(stage)
  return stage.registry.db:read(function(tx) return tx:row("SELECT count(*) AS n FROM publications WHERE state = 'under_way'").n end)
end

--- Holds that the zone has what was to be published, and nothing of it twice.
-- @tparam table stage
function M.check_published(stage)
  local spf, seen = 0, {}
  for line in stage.place.zone():gmatch "[^\n]+" do
    spf = spf + (line:find("^shop%.test%. .*\"v=spf1") and 1 or 0)
    local record = line:gsub('" "', ""):lower()
    assert.is_nil(seen[record], line)
    seen[record] = true
  end
  assert.equal(1, spf)
  assert.truthy(stage.place.zone():gsub('" "', ""):find(ELASTIC.there[1], 1, true))
end

--- After a publication was killed: the next one brings it to its end, and it can be taken back whole.
-- @tparam table stage
-- @tparam string before the zone as it was before
function M.recover(stage, before)
  local tenant, domain = stage.tenant, ELASTIC.domain
  stage.now = stage.now + LEASE
  local plan = assert(tenant:plan(domain, stage:way()))
  assert.same({}, plan.conflicts)
  local done = assert(plan:apply())
  assert.equal("verified", (done.domain or assert(tenant:get(domain))).status)
  assert.equal(0, count_open(stage))
  M.check_published(stage)
  local serial = stage.place.serial()
  assert.is_false(assert(assert(tenant:plan(domain, stage:way())):apply()).changed)
  assert.equal(serial, stage.place.serial())
  assert(tenant:unpublish(domain, stage:way()))
  assert.equal(before, stage.place.zone())
end

--- After it was being taken back, and that was killed: the next one brings that to its end.
-- @tparam table stage
-- @tparam string before
function M.recover_undo(stage, before)
  stage.now = stage.now + LEASE
  assert(stage.tenant:unpublish(ELASTIC.domain, stage:way()))
  assert.equal(before, stage.place.zone())
  assert.equal(0, count_open(stage))
end

--- Publishes, for what is to be taken back.
function M.publish(stage)
  M.begin(stage)
  assert(assert(stage.tenant:plan(ELASTIC.domain, stage:way())):apply())
  stage.now = stage.now + LEASE
end

--- Kills programs at their own moments in turn.
-- @tparam table stage
-- @tparam string what
-- @tparam number every 1: at each of them; 2: at every second one
-- @treturn number how many died
function M.kill_everywhere(stage, what, every)
  local before, point, killed = stage.place.zone(), 1, 0
  while true do
    if what == "apply" then M.begin(stage) else M.publish(stage) end
    local ran = shell.run(M.command(stage, what, point))
    if ran.status == 0 then break end
    assert.is_true(ran.status > 128, ran.err)
    killed, point = killed + 1, point + every
    if what == "apply" then M.recover(stage, before) else M.recover_undo(stage, before) end
  end
  if what == "apply" then M.recover(stage, before) else M.recover_undo(stage, before) end
  return killed
end

-- ---- several at once

--- Runs programs that publish, each with its own plan, made before any begins; they begin together.
-- @tparam {table,...} stages one for each
-- @treturn table how many said what: by "changed", "unchanged", or a code
function M.race(stages)
  local directory = stages[1].directory
  local go, lines = directory .. "/go", {}
  for i, stage in ipairs(stages) do
    lines[i] = ("%s >%s/out.%d 2>&1 &"):format(M.command(stage, "apply", 0, go), directory, i)
  end
  local are_ready = ("[ $(cat %s/out.* | grep -c ready) = %d ]"):format(directory, #stages)
  lines[#lines + 1] = ("for _ in $(seq 6000); do %s && break; sleep 0.01; done; touch %s; wait"):format(are_ready, go)
  shell.run(table.concat(lines, "\n"))
  os.remove(go)
  local told = {}
  for i in ipairs(stages) do
    local text = shell.read(("%s/out.%d"):format(directory, i))
    local word = text:match "^ready\n([%w_]+)" or text
    told[word] = (told[word] or 0) + 1
  end
  return told
end

return M
