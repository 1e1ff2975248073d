--- What applying a template changes in a zone: its conflicts with what is there, and with templates that were applied before
-- (draft-ietf-dconn-domainconnect §10.4, §10.5). Pure: zones and templates come in as data, changes go out.
--
-- An **instance** is a template that was applied: `id`, `provider_id`, `service_id`, `provider_name`, `service_name`, `version`, `host`,
-- `applied_at`; `records`, each with `name`, `type`, `value`, `group`, `essential`; `rules` of SPF, each with `name`, `wanted` (its
-- terms), `terms` (those of them that it brought), `created` (was there no record before?), `was` (the record's value before any template),
-- `group`.
-- @module mailseal.domain_connect.provider.changes
local policy = require "mailseal.domain_connect.provider.policy"
local sets = require "mailseal.publish.sets"
local zones = require "mailseal.domain_connect.provider.zone"

local M = {}

-- Of these there is one at a name, whatever a template says of its texts.
local ALONE = { "v=spf1", "v=DMARC1" }

-- ---- conflicts

local function begins(text, prefix) return text:sub(1, #prefix) == prefix end

local function texts_conflict(new, old)
  if new.mode == "All" then return true end
  local text, other = sets.joined(new.value) or "", sets.joined(old.value) or ""
  if new.mode == "Prefix" and begins(other, new.prefix) then return true end
  for _, prefix in ipairs(ALONE) do
    if begins(text, prefix) and begins(other, prefix) then return true end
  end
  return false
end

local ADDRESSES = { A = true, AAAA = true }
local SINGLE = { MX = true, SRV = true }

local function conflict(new, old)
  if new.type == "CNAME" or old.type == "CNAME" or new.type == "NS" or old.type == "NS" then return true end
  if ADDRESSES[new.type] then return ADDRESSES[old.type] or false end
  if new.type ~= old.type then return false end
  return SINGLE[new.type] or new.type == "TXT" and texts_conflict(new, old) or false
end

local function is_among(list, one)
  for _, other in ipairs(list) do
    if other.name == one.name and other.type == one.type and zones.same(one.type, other.value, one.value) then return other end
  end
end

-- The names between a name and its zone, where a delegation would hide it.
local function above(name, zone)
  local list = {}
  name = name:match "%.(.+)$"
  while name and #name > #zone do
    list[#list + 1] = name
    name = name:match "%.(.+)$"
  end
  return list
end

-- Is a name below another one?
local function is_below(name, other) return name:sub(-#other - 1) == "." .. other end

-- The records of the zone that are in the way of a new one. Of those below a new delegation, what was read is known.
local function in_the_way(work, new)
  local list = {}
  for _, slot in ipairs(new.type == "NS" and work.zone.order or {}) do
    for _, value in ipairs(is_below(slot.name, new.name) and slot.values or {}) do
      list[#list + 1] = { name = slot.name, type = slot.type, value = value }
    end
  end
  for _, old in ipairs(work.zone:at(new.name)) do
    if not is_among(work.new, old) and conflict(new, old) then list[#list + 1] = old end
  end
  for _, name in ipairs(above(new.name, work.zone.name)) do
    for _, old in ipairs(work.zone:at(name)) do
      if old.type == "NS" and not is_among(work.new, old) then list[#list + 1] = old end
    end
  end
  return list
end

-- ---- instances

local function copy(instance)
  local made = {}
  for name, value in pairs(instance) do made[name] = value end
  made.records, made.rules, made.pending = {}, {}, nil
  for i, record in ipairs(instance.records) do made.records[i] = record end
  for i, rule in ipairs(instance.rules) do
    made.rules[i] = {
      name = rule.name, group = rule.group, created = rule.created, was = rule.was, terms = {}, wanted = rule.wanted,
    }
    for k, term in ipairs(rule.terms) do made.rules[i].terms[k] = term end
  end
  return made
end

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

local function drop(list, one)
  for i = #list, 1, -1 do
    if list[i] == one then table.remove(list, i) end
  end
end

-- Is a record another instance's as well?
local function is_shared(work, record, but)
  for _, instance in ipairs(work.instances) do
    if instance ~= but and is_among(instance.records, record) then return true end
  end
  return false
end

-- The rule of another instance at this name, of one that wants a term, or of any.
local function heir_of(work, name, term, but)
  for _, instance in ipairs(work.instances) do
    for _, rule in ipairs(instance ~= but and instance.rules or {}) do
      if rule.name == name and (not term or has(rule.wanted, term)) then return rule end
    end
  end
end

local function take_record(work, instance, record)
  drop(instance.records, record)
  if not is_shared(work, record, instance) and not is_among(work.new, record) then
    work.zone:remove(record.name, record.type, record.value)
  end
end

-- What a rule brought goes, unless somebody else wants it: then it is his from now on.
local function take_rule(work, instance, rule)
  drop(instance.rules, rule)
  local terms, inherited = {}, work.inherited[rule.name] or { terms = {} }
  work.inherited[rule.name] = inherited
  for _, term in ipairs(rule.terms) do
    local heir = heir_of(work, rule.name, term, instance)
    if work.wanted[rule.name .. " " .. term] then
      inherited.terms[#inherited.terms + 1] = term
    elseif heir then
      heir.terms[#heir.terms + 1] = term
    else
      terms[#terms + 1] = term
    end
  end
  local heir = heir_of(work, rule.name, nil, instance)
  if heir then
    heir.created = heir.created or rule.created
  else
    inherited.created = inherited.created or rule.created
  end
  policy.take_out(work.zone, rule.name, terms, rule.created and not heir, rule.was)
end

-- Takes an instance's records and rules out: of these groups, or all.
local function take_out(work, instance, groups)
  local function is_meant(one) return not groups or not one.group or groups[one.group] end
  for i = #instance.records, 1, -1 do
    local record = instance.records[i]
    if is_meant(record) then take_record(work, instance, record) end
  end
  -- Last the one by which there came to be a record: then it is told whether anything is left of it.
  for _, created in ipairs { false, true } do
    for i = #instance.rules, 1, -1 do
      local rule = instance.rules[i]
      if is_meant(rule) and (rule.created or false) == created then take_rule(work, instance, rule) end
    end
  end
end

-- What templates have brought into an SPF record goes with it. They do without, as the specification has it.
local function forget_rules(work, old)
  if old.type ~= "TXT" or not begins(sets.joined(old.value) or "", "v=spf1") then return end
  for _, instance in ipairs(work.instances) do
    for i = #instance.rules, 1, -1 do
      if instance.rules[i].name == old.name then table.remove(instance.rules, i) end
    end
  end
end

-- A record of the zone goes: with it each instance that cannot be without it.
local function give_way(work, old)
  forget_rules(work, old)
  for i = #work.instances, 1, -1 do
    local instance = work.instances[i]
    local record = is_among(instance.records, old)
    if record and (record.essential == "OnApply" or instance == work.current) then
      drop(instance.records, record)
    elseif record then
      take_out(work, instance)
      table.remove(work.instances, i)
      work.services[#work.services + 1] = instance
    end
  end
  work.zone:remove(old.name, old.type, old.value)
end

-- ---- applying

local function is_former(instance, request)
  local template = request.template
  return instance.provider_id == template.providerId and instance.service_id == template.serviceId and instance.host == request.host
end

-- The instance that is to be: the former one, without what is to be replaced; or a new one.
local function instance_of(work, request, now, id)
  local template = request.template
  for _, instance in ipairs(template.multiInstance ~= true and work.instances or {}) do
    if is_former(instance, request) then
      take_out(work, instance, request.groups)
      instance.version, instance.applied_at = template.version, now
      return instance
    end
  end
  local instance = {
    id = id, provider_id = template.providerId, service_id = template.serviceId, provider_name = template.providerName,
    service_name = template.serviceName, version = template.version, host = request.host, applied_at = now, records = {}, rules = {},
  }
  work.instances[#work.instances + 1] = instance
  return instance
end

local function work_of(zone, list, instances, rendered)
  local work = { zone = zones.new(zone, list), instances = {}, services = {}, new = rendered.records, wanted = {}, inherited = {} }
  for i, instance in ipairs(instances) do work.instances[i] = copy(instance) end
  for _, rule in ipairs(rendered.rules) do
    for _, term in ipairs(rule.terms) do work.wanted[rule.name .. " " .. term] = true end
  end
  return work
end

-- What the record of a name was before any template.
local function former(work, name)
  for _, instance in ipairs(work.instances) do
    for _, rule in ipairs(instance.rules) do
      if rule.name == name and rule.was then return rule.was end
    end
  end
end

local function merge_rules(work, instance, rules, all)
  for _, rule in ipairs(rules) do
    local added, created, was = policy.merge(work.zone, rule.name, rule.terms, all)
    local before = work.inherited[rule.name] or { terms = {} }
    for i = #before.terms, 1, -1 do
      local term = before.terms[i]
      if has(rule.terms, term) then
        table.remove(before.terms, i)
        if not has(added, term) then added[#added + 1] = term end
      end
    end
    instance.rules[#instance.rules + 1] = {
      name = rule.name, terms = added, wanted = rule.terms, group = rule.group, created = created or before.created or nil,
      was = former(work, rule.name) or was,
    }
    before.created = nil
  end
end

-- A record of SPF is merged with what is there, and has the rest of its name to itself as any other has.
local function make_room(work, rules)
  for _, new in ipairs(work.new) do
    for _, old in ipairs(in_the_way(work, new)) do give_way(work, old) end
  end
  for _, rule in ipairs(rules) do
    for _, old in ipairs(in_the_way(work, { name = rule.name, type = "SPFM" })) do give_way(work, old) end
  end
end

local function put_records(work, instance)
  for _, new in ipairs(work.new) do
    local theirs = not work.zone:has(new.name, new.type, new.value) or is_shared(work, new)
    work.zone:add(new.name, new.type, new.value, new.ttl)
    -- What stood there before any template is its owner's, and stays when the template goes.
    if theirs or work.own[("%s %s %s"):format(new.name, new.type, new.value)] then
      instance.records[#instance.records + 1] = {
        name = new.name, type = new.type, value = new.value, group = new.group, essential = new.essential,
      }
    end
  end
end

-- What the templates have put there, before anything is taken out.
local function owned_by(instances)
  local own = {}
  for _, instance in ipairs(instances) do
    for _, record in ipairs(instance.records) do own[("%s %s %s"):format(record.name, record.type, record.value)] = true end
  end
  return own
end

local function outcome(work)
  return { changes = work.zone:changes(), instances = work.instances, services = work.services }
end

--- The names that have to be read.
-- @tparam string zone
-- @tparam ?table rendered as of `mailseal.domain_connect.provider.render`; nil where only instances are taken out
-- @tparam {table,...} instances
-- @treturn {string,...}
function M.names(zone, rendered, instances)
  local list, seen = {}, {}
  local function add(name)
    if not seen[name] then list[#list + 1], seen[name] = name, true end
  end
  local function add_all(of)
    for _, one in ipairs(of) do
      add(one.name)
      for _, name in ipairs(above(one.name, zone)) do add(name) end
    end
  end
  local function add_both(of)
    add_all(of.records)
    add_all(of.rules)
  end
  if rendered then add_both(rendered) end
  for _, instance in ipairs(instances) do add_both(instance) end
  return list
end

--- What applying a request's template makes of a zone.
-- @tparam table request as of `mailseal.domain_connect.provider.request`
-- @tparam table rendered its records, as of `mailseal.domain_connect.provider.render`
-- @tparam {table,...} list sets of the zone at `names`, as they are
-- @tparam {table,...} instances that were applied to the zone; they are left as they are
-- @tparam table options `now`; `id` of a new instance; `all`, what a new SPF record ends in
-- @treturn table `changes` (`mailseal.publish.sets`); `instances`, as they are then; `services`, instances that have to go
function M.apply(request, rendered, list, instances, options)
  local work = work_of(request.domain, list, instances, rendered)
  work.own = owned_by(work.instances)
  local instance = instance_of(work, request, options.now, options.id)
  work.current = instance
  make_room(work, rendered.rules)
  put_records(work, instance)
  merge_rules(work, instance, rendered.rules, options.all)
  return outcome(work)
end

--- What taking an applied template back makes of a zone. What others have changed since stays as it is.
-- @tparam string zone
-- @tparam string id of the instance
-- @tparam {table,...} list sets of the zone, as they are
-- @tparam {table,...} instances
-- @treturn ?table as of @{apply}; nil where there is no such instance
function M.withdraw(zone, id, list, instances)
  local work = work_of(zone, list, instances, { records = {}, rules = {} })
  for i, instance in ipairs(work.instances) do
    if instance.id == id then
      take_out(work, instance)
      table.remove(work.instances, i)
      work.services[1] = instance
      return outcome(work)
    end
  end
end

return M
