--- `mailseal domains keys|rotate|revoke`: the keys of domains that we sign for.
-- @module mailseal.cli.domains_keys
local json = require "mailseal.json"
local life = require "mailseal.cli.domains_life"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local want = require "mailseal.cli.registry".want

local M = {}

-- What is told of a key. Its private half is not even among what these methods return.
local fields = {
  "selector", "name", "type", "bits", "version", "state", "state_since", "wait_until", "text", "target", "created_at",
}

local function tell(key, domain, given)
  if given.json then
    output.line(json.encode(json.add(json.object("domain", domain), "key", json.pick(key, fields))))
    return
  end
  local kind = key.type == "rsa" and ("RSA %d"):format(key.bits) or key.type
  local since = key.state_since and " since " .. paint.time(key.state_since) or ""
  output.line(("%-10s %-8s "):format(text.printable(key.state), text.printable(kind)), text.printable(key.name or key.selector), since)
  if key.wait_until then
    output.line((" "):rep(20), "not before ", paint.time(key.wait_until))
  end
  if key.text then
    paint.line((" "):rep(20) .. "TXT  ", 25, key.text)
  end
  if key.target then
    paint.line((" "):rep(20) .. "at   ", 25, key.target)
  end
end

local function tell_all(keys, given)
  for _, key in ipairs(keys) do
    tell(key, given.domain, given)
  end
  return status.OK
end

local function keys(tenant, given)
  local list = want(tenant:keys(given.domain))
  if not list[1] and not given.json then
    output.line(text.printable(given.domain), ": no keys are kept here, for its mail is signed by its provider")
  end
  return tell_all(list, given)
end

local function rotate(tenant, given)
  local how = (given.type or given.bits) and { type = given.type, bits = given.bits } or nil
  tell(want(tenant:rotate(given.domain, how)), given.domain, given)
  if not given.json then
    local words = "To be published: it signs once every name server of the zone shows it; until then the one before does."
    paint.line((" "):rep(20), 20, words, "faint")
  end
  return status.OK
end

local function revoke(tenant, given)
  local left = want(tenant:revoke(given.domain, given.selector, { force = given.force or nil }))
  return tell_all(type(left) == "table" and left or {}, given)
end

--- The actions.
M.actions = {
  { name = "keys", summary = "List the keys that a domain's mail is signed with.", run = keys, describe = life.describe_domain },
  {
    name = "rotate", summary = "Make the next key of a domain, which takes over once it is published.", run = rotate,
    describe = function(command)
      life.describe_domain(command)
      command:option("--type", "The key's kind."):choices { "rsa", "ed25519" }
      command:option("--bits", "The size of an RSA key."):convert(options.whole("--bits", 1, 1000000)):argname "N"
    end,
  },
  {
    name = "revoke", summary = "Revoke a key of a domain; the others stay.", run = revoke,
    describe = function(command)
      life.describe_domain(command)
      command:argument("selector", "The key's selector.")
      command:flag("--force", "Even the key that signs: nothing is signed then until another does.")
    end,
  },
}

return M
