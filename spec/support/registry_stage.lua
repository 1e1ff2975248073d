--- A registry for the tests of the command line: a database, a master key and a DNS zone in a directory of their own, and a clock.
local cjson = require "cjson"
local key = require "mailseal.key"
local record_of = require "mailseal.record"
local shell = require "spec.support.shell"

local M = {}

local Stage = {}
Stage.__index = Stage

-- When the tests begin.
local START = 1795358000

--- What a domain of the tests is added with.
M.KRAITER = { "--provider", "kraiter", "--var", "region=eu-west-1", "--var", "tokens=abc,def,ghi" }

--- The record of any public key: what a provider's CNAME leads to.
M.KEY = assert(key.generate { type = "rsa", bits = 2048 }):record()

--- Makes one, to be removed with `remove`.
-- @treturn table with `directory`, `path` (of the database) and `now`
function M.new()
  local directory = shell.new_directory()
  local stage = setmetatable({ directory = directory, path = directory .. "/mailseal.db", now = START, zone = {} }, Stage)
  stage:publish {}
  return stage
end

--- Removes it with all that it holds.
function Stage:remove()
  shell.remove_directory(self.directory)
end

local function options_of(stage)
  return { "--db", "sqlite:" .. stage.path, "--zone", stage.directory .. "/zone.json", "--time", ("%d"):format(stage.now) }
end

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, item in ipairs(list) do
      all[#all + 1] = item
    end
  end
  return all
end

--- Runs `mailseal domains`.
-- @tparam string|table ... the action and its arguments, or a list of them
-- @treturn table `status`, `out`, `err`
function Stage:domains(...)
  local given = type(...) == "table" and ... or { ... }
  return shell.mailseal(joined({ "domains" }, given, options_of(self)))
end

--- Runs `mailseal worker --until-idle`.
-- @tparam string ... further arguments
-- @treturn table `status`, `out`, `err`
function Stage:worker(...)
  return shell.mailseal(joined({ "worker", "--until-idle" }, { ... }, options_of(self)))
end

--- Runs `mailseal domains … --json`, which must print an object a line.
-- @tparam string ... the action and its arguments
-- @treturn {table,...} the objects
-- @treturn number the exit status
function Stage:json(...)
  local result = self:domains(joined({ ... }, { "--json" }))
  local list = {}
  for line in result.out:gmatch "[^\n]+" do
    list[#list + 1] = cjson.decode(line)
  end
  return list, result.status, result
end

--- Adds a domain.
-- @tparam string domain
-- @treturn table what `--json` says of it
function Stage:add(domain)
  local result = self:domains(joined({ "add", domain, "--json" }, M.KRAITER))
  if result.out == "" then
    error(result.err, 0)
  end
  return cjson.decode(result.out)
end

-- A record as a zone of JSON has it.
local function entry_of(record)
  local data = record.type == "TXT" and record_of.split(record.value) or record.value .. "."
  return { type = record.type, data = data, ttl = 60 }
end

--- Puts records into DNS, in place of what was there: all of a domain's, and what they lead to.
-- @tparam {table,...} records as of a domain
-- @tparam[opt] function changed is given the zone before it is written
function Stage:publish(records, changed)
  local zone = {
    ["example.com"] = { { type = "SOA", data = "ns.example.com. host.example.com. 1 2 3 4 5" }, { type = "NS", data = "ns.example.com." } },
    ["ns.example.com"] = { { type = "A", data = "192.0.2.1" } },
  }
  for _, record in ipairs(records) do
    zone[record.name] = zone[record.name] or {}
    table.insert(zone[record.name], entry_of(record))
    if record.type == "CNAME" then
      zone[record.value] = { { type = "TXT", data = record_of.split(M.KEY) } }
    elseif record.type == "MX" then
      zone[record.value:match "%S+$"] = { { type = "A", data = "192.0.2.2" } }
    end
  end
  if changed then
    changed(zone)
  end
  shell.write(self.directory .. "/zone.json", cjson.encode(zone))
end

--- Adds a domain, publishes all that it needs, and has it verified.
-- @tparam string domain
-- @treturn table what `--json` says of it
function Stage:verified(domain)
  self:publish(self:add(domain).records)
  local result = self:domains("verify", domain, "--json")
  local found = cjson.decode(result.out)
  assert(found.status == "verified", result.out)
  return found
end

return M
