local databases = require "spec.support.databases"
local outbox = require "mailseal.onboard.outbox".steps
local rules = require "mailseal.onboard.webhook_rules"
local webhooks = require "spec.support.webhooks"

local POLICY = {
  retry_first = 5, retry_for = 400, retry_most = 60, pause_first = 2, pause_most = 20, retry_after_most = 100, disable_after = 1500,
  timeout = 5, at_a_time = 3, in_all = 8, waiting_most = 12,
}
local STEPS, WORKERS, DOMAINS = 500, 3, 5

-- Numbers by chance, the same ones for a seed wherever it runs.
local function dice_of(seed)
  local state = seed
  return function(most)
    state = (state * 16807) % 2147483647
    return state % most + 1
  end
end

-- What the receivers have got, and what may not be sent before it.
local function model_of(stage)
  local model = { stage = stage, dice = nil, hooks = {}, acknowledged = {}, was_dead = {}, workers = {} }
  for i = 1, WORKERS do model.workers[i] = { owner = "worker" .. i, jobs = {}, results = {} } end
  return model
end

local function add_hook(model, tenant, kinds)
  local made = assert(tenant:make_webhook { url = "https://hooks.example/", kinds = kinds })
  local place = model.stage.registry.db:ask(function(tx)
    return tx:row("SELECT place FROM webhooks WHERE tenant_id = ? AND id = ?", tenant.id, made.id).place
  end)
  model.hooks[#model.hooks + 1] = { tenant = tenant, id = made.id, kinds = kinds, place = place }
  model.acknowledged[made.id], model.was_dead[made.id] = {}, {}
end

local function events_of(tenant, last)
  local list = {}
  repeat
    local page = assert(tenant:events { after = last or 0, limit = 500 })
    for _, event in ipairs(page) do list[#list + 1] = event end
    last = list[1] and list[#list].id
  until #page < 500
  return list
end

local function remember_dead(model, hook)
  for _, one in ipairs(assert(hook.tenant:deliveries(hook.id, { state = "dead", limit = 1000 }))) do
    model.was_dead[hook.id][one.event] = true
  end
end

local function hook_of(model, id)
  for _, hook in ipairs(model.hooks) do
    if hook.id == id then return hook end
  end
end

-- What is before a delivery, of its domain, has been acknowledged or given up when that one is sent.
local function check_order(model, job)
  local hook = hook_of(model, job.webhook)
  local list, domain = events_of(hook.tenant, hook.place), nil
  for _, event in ipairs(list) do domain = event.id == job.event and (event.domain or "") or domain end
  remember_dead(model, hook)
  for _, event in ipairs(list) do
    if event.id < job.event and (event.domain or "") == domain and rules.wants(hook, event) then
      assert.is_truthy(model.acknowledged[hook.id][event.id] or model.was_dead[hook.id][event.id],
        ("%d of %s is sent before %d"):format(job.event, domain, event.id))
    end
  end
end

-- What holds of the tables whenever nobody is within a transaction.
local function check_tables(model)
  model.stage.registry.db:ask(function(tx)
    for _, row in ipairs(tx:rows [[SELECT id, waiting, enabled,
        (SELECT COUNT(*) FROM deliveries WHERE webhook = id AND state = 'waiting') AS counted FROM webhooks]]) do
      assert.equal(row.counted, row.waiting, "what waits is counted wrong")
    end
    for _, row in ipairs(tx:rows [[SELECT webhook, domain, COUNT(next_at) AS heads, MIN(event) AS first, COUNT(*) AS n FROM deliveries
        JOIN webhooks ON webhooks.id = deliveries.webhook AND webhooks.enabled = 1
        WHERE state = 'waiting' GROUP BY webhook, domain]]) do
      assert.equal(1, row.heads, ("%d of %s are to be sent at a time"):format(row.heads, row.domain))
    end
  end)
end

-- ---- what may happen

local acts = {}

function acts.happen(model)
  local tenant = model.hooks[model.dice(#model.hooks)].tenant
  local words = {}
  for i = 1, model.dice(4) do words[i] = ("d%d.example kind_%d"):format(model.dice(DOMAINS), model.dice(3)) end
  model.stage:happen(table.concat(words, ", "), tenant)
end

function acts.collect(model) assert(outbox.collect(model.stage.registry)) end

function acts.lease(model)
  local worker = model.workers[model.dice(WORKERS)]
  for _, job in ipairs(assert(outbox.lease(model.stage.registry, worker.owner, model.dice(4), model.dice(4)))) do
    assert.is_nil(job.problem)
    check_order(model, job)
    worker.jobs[#worker.jobs + 1] = job
  end
end

-- A receiver answers what has been sent, sometime; or its answer is lost.
function acts.answer(model)
  local worker = model.workers[model.dice(WORKERS)]
  if not worker.jobs[1] then return end
  local job = table.remove(worker.jobs, model.dice(#worker.jobs))
  local chance = model.dice(100)
  local status = (model.is_well or chance <= 60) and 204 or chance <= 85 and 503 or chance == 86 and 410 or nil
  if status == 204 then model.acknowledged[job.webhook][job.event] = true end
  if chance > 95 then model.acknowledged[job.webhook][job.event], status = true, nil end -- it did, but nobody heard it
  if model.is_well then status = 204 end
  worker.results[#worker.results + 1] = {
    tenant = job.tenant, webhook = job.webhook, event = job.event, status = status, chance = 0.5, seconds = model.dice(3) / 1,
    problem = status ~= 204 and rules.problem(status, "timeout") or nil,
    retry_after = status == 503 and model.dice(4) == 1 and model.stage.stage.now + model.dice(60) or nil,
  }
end

function acts.note(model)
  local worker = model.workers[model.dice(WORKERS)]
  local results = worker.results
  worker.results = {}
  assert(outbox.note(model.stage.registry, worker.owner, results))
end

function acts.kill(model)
  local worker = model.workers[model.dice(WORKERS)]
  model.deaths = (model.deaths or 0) + 1
  worker.owner, worker.jobs, worker.results = ("worker%d"):format(WORKERS + model.deaths), {}, {}
end

function acts.pass(model) model.stage.stage.now = model.stage.stage.now + model.dice(15) end

function acts.jump(model) model.stage.stage.now = model.stage.stage.now + (model.dice(2) == 1 and model.dice(120) or -model.dice(60)) end

function acts.switch(model)
  local hook = model.hooks[model.dice(#model.hooks)]
  assert(hook.tenant:change_webhook(hook.id, { enabled = model.dice(3) ~= 1 }))
end

function acts.change(model)
  local hook = model.hooks[model.dice(#model.hooks)]
  assert(hook.tenant:change_webhook(hook.id, { url = ("https://hooks.example/%d"):format(model.dice(9)), new_secret = model.dice(2) == 1 }))
end

function acts.replay(model)
  local hook = model.hooks[model.dice(#model.hooks)]
  remember_dead(model, hook)
  if model.dice(2) == 1 then
    assert(hook.tenant:replay_dead(hook.id))
  else
    hook.tenant:replay(hook.id, hook.place + model.dice(60)) -- there may be none such
  end
end

-- How often each.
local WEIGHTS = {
  { "happen", 15 }, { "collect", 12 }, { "lease", 18 }, { "answer", 30 }, { "note", 14 }, { "pass", 12 }, { "jump", 2 }, { "kill", 2 },
  { "switch", 2 }, { "change", 1 }, { "replay", 2 },
}

local function step(model)
  local total = 0
  for _, one in ipairs(WEIGHTS) do total = total + one[2] end
  local place = model.dice(total)
  for _, one in ipairs(WEIGHTS) do
    place = place - one[2]
    if place <= 0 then return acts[one[1]](model) end
  end
end

-- All is well from now on: what is still to be delivered is.
local function come_to_an_end(model)
  model.is_well = true
  for _, worker in ipairs(model.workers) do worker.results = {} end
  for _, hook in ipairs(model.hooks) do assert(hook.tenant:change_webhook(hook.id, { enabled = true })) end
  for _ = 1, 3000 do
    for _ = 1, 8 do acts.collect(model) acts.lease(model) end
    for _ = 1, 30 do acts.answer(model) end
    for _ = 1, 6 do acts.note(model) end
    model.stage.stage.now = model.stage.stage.now + 20
    local rest = 0
    for _, worker in ipairs(model.workers) do rest = rest + #worker.jobs + #worker.results end
    for _, hook in ipairs(model.hooks) do rest = rest + assert(hook.tenant:webhook(hook.id)).waiting end
    if rest == 0 and not outbox.look(model.stage.registry).behind then return end
  end
  error "it does not come to an end"
end

local function check_all_came(model)
  for _, hook in ipairs(model.hooks) do
    remember_dead(model, hook)
    for _, event in ipairs(events_of(hook.tenant, hook.place)) do
      if rules.wants(hook, event) then
        assert.is_truthy(model.acknowledged[hook.id][event.id] or model.was_dead[hook.id][event.id], event.id .. " never came")
      end
    end
  end
end

describe("Webhooks, whatever happens in whatever order,", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    for seed = 1, tonumber(os.getenv "MAILSEAL_SEEDS" or 3) do
      it(("come at least once, a domain's in order: seed %d"):format(seed), function()
        local stage = webhooks.open(new_database(), POLICY)
        local model = model_of(stage)
        model.dice = dice_of(seed * 7919 + 1)
        add_hook(model, stage.tenant)
        add_hook(model, stage.tenant, { "kind_1", "webhook_*" })
        add_hook(model, stage.registry:tenant "other")
        for i = 1, STEPS do
          step(model)
          if i % 10 == 0 then check_tables(model) end
        end
        come_to_an_end(model)
        check_tables(model)
        check_all_came(model)
        stage:close()
      end)
    end
  end)
end)
