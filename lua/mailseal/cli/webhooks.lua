--- `mailseal webhooks`: where a tenant's events are sent to, and what became of them.
--
-- An action is as of `mailseal.cli.actions`.
-- @module mailseal.cli.webhooks
local actions = require "mailseal.cli.actions"
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local registry_face = require "mailseal.cli.registry"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local want = registry_face.want
local MOST = 9007199254740991 -- the largest number that JSON and Lua agree upon

-- ---- telling

local function objects() return require "mailseal.onboard.objects" end

local function state_of(webhook)
  if not webhook.enabled then
    return ("disabled (%s)"):format((webhook.disabled_reason or "by_hand"):gsub("_", " "))
  end
  return webhook.problem and ("failing (%s)"):format(webhook.problem) or "enabled"
end

local function tell(webhook, given)
  if given.json then
    output.line(json.encode(objects().webhook(webhook)))
    return
  end
  paint.line(webhook.id .. "  ", #webhook.id + 2, ("%s  %s  waiting %d, dead %d"):format(
    text.printable(webhook.url), state_of(webhook), webhook.waiting, webhook.dead))
  if webhook.kinds then output.line("  kinds: ", table.concat(webhook.kinds, ", ")) end
  if webhook.description then output.line("  ", text.printable(webhook.description)) end
end

-- Tells one whose secret is new: that is for a program, or a person, to keep.
local function tell_new(webhook, given)
  if given.json then return tell(webhook, given) end
  output.line(webhook.secret)
  output.complain("mailseal webhooks", ("the secret of %s, by which its receiver verifies what it gets: it is told this once"):format(
    webhook.id))
end

local function tell_delivery(delivery, given)
  if given.json then
    output.line(json.encode(objects().delivery(delivery)))
    return
  end
  local fate = delivery.state == "dead" and "dead" or delivery.next_at and "at " .. paint.time(delivery.next_at) or "behind another"
  paint.line(("%8d  "):format(delivery.event), 10, ("%s  %s  %s  %s  attempts %d%s"):format(
    paint.time(delivery.at), delivery.domain and text.printable(delivery.domain) or "-", delivery.kind, fate, delivery.attempts,
    delivery.problem and ", " .. delivery.problem or ""))
end

-- ---- the actions

local function add(tenant, given)
  tell_new(want(tenant:make_webhook {
    url = given.url, kinds = given.kind[1] and given.kind or nil, description = given.description,
  }), given)
end

local function list(tenant, given)
  for _, webhook in ipairs(want(tenant:webhooks())) do tell(webhook, given) end
end

local function show(tenant, given) tell(want(tenant:webhook(given.id)), given) end

local function check_change(given)
  if given.enable and given.disable then status.stop(status.USAGE, "--enable and --disable do not go together") end
  if given.all_kinds and given.kind[1] then status.stop(status.USAGE, "--kind and --all-kinds do not go together") end
  if not (given.url or given.description or given.kind[1] or given.all_kinds or given.enable or given.disable or given.new_secret) then
    status.stop(status.USAGE, "nothing is to be changed: see mailseal webhooks change --help")
  end
end

local function change(tenant, given)
  local enabled, kinds = nil, given.kind[1] and given.kind or nil
  if given.enable or given.disable then enabled = given.enable == true end
  if given.all_kinds then kinds = false end
  local changed = want(tenant:change_webhook(given.id, {
    url = given.url, kinds = kinds, description = given.description, enabled = enabled, new_secret = given.new_secret,
  }))
  if changed.secret then tell_new(changed, given) else tell(changed, given) end
end

local function remove(tenant, given)
  want(tenant:remove_webhook(given.id))
  output.line(given.json and json.encode(json.object("removed", given.id)) or given.id .. ": removed")
end

local function deliveries(tenant, given)
  local after, left = given.after or 0, given.limit or math.huge
  while left > 0 do
    local limit = math.min(1000, left)
    local page = want(tenant:deliveries(given.id, { state = given.state, after = after, limit = limit }))
    for _, delivery in ipairs(page) do tell_delivery(delivery, given) end
    if #page < limit then break end
    left, after = left - #page, page[#page].event
  end
end

local function check_replay(given)
  if (given.event ~= nil) == (given.all_dead or false) then status.stop(status.USAGE, "an event's id is wanted, or --all-dead") end
end

local function replay(tenant, given)
  local count = 1
  if given.all_dead then
    count = want(tenant:replay_dead(given.id))
  else
    want(tenant:replay(given.id, given.event))
  end
  output.line(given.json and json.encode(json.object("replayed", count)) or ("%s: %d to be delivered again"):format(given.id, count))
end

local function test(tenant, given)
  local found = want(tenant:test_webhook(given.id))
  if given.json then
    output.line(json.encode(json.pick(found, { "delivered", "status", "problem", "message", "seconds" })))
  else
    output.line(found.delivered and ("delivered: the receiver answered with the status %d"):format(found.status)
      or "not delivered: " .. text.printable(found.message or found.problem))
  end
  return found.delivered and status.OK or status.NO
end

-- ---- what they take

local function describe_id(declared) declared:argument("id", "The webhook's id, which `list` tells."):argname "ID" end

local function describe_kinds(declared)
  declared:option("--kind", "Only events of this kind, such as verified, or key_* for all that begin so; may be repeated.")
    :count "*":argname "KIND"
  declared:option("--description", "What it is for, for people."):argname "TEXT"
end

local list_of_actions = {
  {
    name = "add", run = add, makes_database = true, makes_key = function() return true end,
    summary = "Have events sent somewhere from now on, and print the secret, once.",
    describe = function(declared)
      declared:argument("url", "Where: https://, of a host with a name."):argname "URL"
      describe_kinds(declared)
    end,
  },
  { name = "list", run = list, summary = "List the webhooks." },
  { name = "show", run = show, summary = "Show a webhook.", describe = describe_id },
  {
    name = "change", run = change, check = check_change, summary = "Change a webhook, or enable or disable it.",
    describe = function(declared)
      describe_id(declared)
      declared:option("--url", "Send events there from now on."):argname "URL"
      describe_kinds(declared)
      declared:flag("--all-kinds", "Events of all kinds.")
      declared:flag("--enable", "Go on with one that was disabled where it stopped.")
      declared:flag("--disable", "Send nothing until it is enabled.")
      declared:flag("--new-secret", "Make another secret, and print it; the former one is signed with, too, for a day.")
    end,
  },
  { name = "remove", run = remove, summary = "Remove a webhook, with what it has not delivered.", describe = describe_id },
  {
    name = "deliveries", run = deliveries, summary = "List what is to be delivered, and dead letters, in order.",
    describe = function(declared)
      describe_id(declared)
      declared:option("--state", "Only those."):choices { "waiting", "dead" }
      declared:option("--after", "Only what comes after this event's id."):convert(options.whole("--after", 0, MOST)):argname "EVENT"
      declared:option("--limit", "How many at most."):convert(options.whole("--limit", 1, MOST)):argname "N"
    end,
  },
  {
    name = "replay", run = replay, check = check_replay, summary = "Have an event, or all dead letters, delivered again.",
    describe = function(declared)
      describe_id(declared)
      declared:argument("event", "The event's id."):args "?":convert(options.whole("the event's id", 0, MOST)):argname "EVENT"
      declared:flag("--all-dead", "All dead letters.")
    end,
  },
  { name = "test", run = test, summary = "Send a message now, and tell what the receiver answers.", describe = describe_id },
}

local epilog = [[
The secret is what the receiver verifies signatures by (Standard Webhooks):
examples/webhook_receiver.lua is such a one. `mailseal worker`, or `mailseal
serve`, sends what happens. The exit status of test is 1 where the message was
not delivered.]]

--- Declares the actions.
-- @tparam table parent argparse's command
function M.describe(parent)
  parent:summary "Have what happens sent to programs of one's own."
  parent:description "Sends a tenant's events to URLs, signed, in order and at least once."
  parent:epilog(epilog)
  actions.describe(parent, list_of_actions, registry_face.describe, registry_face.describe_webhooks)
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return actions.run(given, list_of_actions, registry_face.open)
end

return M
