--- What happened before the demo begins: fills a registry by its own functions, with a clock that goes from weeks ago to now.
local DAY, REPORTS_EVERY = 86400, 2 * 3600

local M = {}

-- Has something done at a moment, behind what was to be done then already.
local function later(stage, moment, fn)
  stage.count = stage.count + 1
  table.insert(stage.agenda, { at = moment, number = stage.count, fn = fn })
  stage.is_sorted = false
end

-- What may happen to a customer's domain, by the names that stories have: each takes the stage, the customer, and one thing more.

local function create(stage, customer)
  assert(stage.tenant:create { domain = customer.zone, provider = customer.provider, vars = customer.vars, actor = "demo" })
end

local function look(stage, customer)
  assert(stage.tenant:verify(customer.zone))
end

-- The records are entered into the customer's DNS, as he does it.
local function publish(stage, customer, slip, not_late)
  local records = assert(stage.tenant:records(customer.zone))
  stage.servers:update(customer.zone, slip(records, customer.zone), not_late)
end

local function publish_on_some(stage, customer, slip)
  publish(stage, customer, slip, true)
end

local function forget(stage, customer, id)
  for _, record in ipairs(assert(stage.tenant:records(customer.zone))) do
    if record.id == id then
      stage.servers:update(customer.zone, { ("del %s. %s"):format(record.name, record.type) })
    end
  end
end

-- A sum of mail that swings from morning to night.
local function swing(count, moment)
  return math.floor(count * (1 + 0.6 * math.sin(moment / DAY * 2 * math.pi)) / 12 + 0.5)
end

-- From then on, what was sent is reported: `numbers` are a day's; `bounced_more` so many times more of them bounce by now.
local function report(stage, customer, numbers)
  local began = stage.now
  for moment = began, stage.ends, REPORTS_EVERY do
    local part = (moment - began) / (stage.ends - began)
    local more = 1 + ((numbers.bounced_more or 1) - 1) * part
    later(stage, moment, function()
      assert(stage.tenant:report(customer.zone, {
        delivered = swing(numbers.delivered, moment), bounced = swing(numbers.bounced * more, moment),
        complained = swing(numbers.complained * more * 2, moment),
      }))
    end)
  end
end

local function disable(stage, customer, reason)
  assert(stage.tenant:disable(customer.zone, { reason = reason }))
end

local function hold(stage, customer, mails)
  assert(stage.tenant:hold(customer.zone, mails))
end

local function use(stage, customer, user)
  assert(stage.tenant:use(customer.zone, user))
end

-- He lets us write to his zone from then on. That is for the present: changes are signed with the time at which they are made.
local function let_in(stage, customer)
  assert(stage.tenant:keep_access(customer.zone, stage.servers:access(customer.zone)))
end

local acts = {
  create = create, look = look, let_in = let_in, publish = publish, publish_on_some = publish_on_some, forget = forget, report = report,
  disable = disable, hold = hold, use = use,
}

local function in_order(a, b)
  if a.at ~= b.at then
    return a.at > b.at
  end
  return a.number > b.number
end

-- The first thing to be done; the list has it at its end.
local function take(stage)
  if not stage.is_sorted then
    table.sort(stage.agenda, in_order)
    stage.is_sorted = true
  end
  return table.remove(stage.agenda)
end

--- Lets it all happen.
-- @tparam table options `customers`; `servers`; `open`: a function that takes a clock and returns the registry; `tenant`: an id; `now`
function M.fill(options)
  local stage = { agenda = {}, count = 0, servers = options.servers, ends = options.now, now = options.now }
  local registry = options.open(function() return stage.now end)
  stage.tenant = registry:tenant(options.tenant)
  for _, customer in ipairs(options.customers) do
    for _, step in ipairs(customer.story or {}) do
      later(stage, options.now - math.floor(step[1] * DAY), function() acts[step[2]](stage, customer, step[3]) end)
    end
  end
  for step in take, stage do
    stage.now = step.at
    step.fn()
  end
  stage.now = options.now
  registry:close()
end

return M
