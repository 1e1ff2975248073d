--- `mailseal publish`: a domain's records, written to its zone.
--
-- What is to be changed is told before it is; what stands in the way is taken away with consent alone; what is there afterwards is what DNS
-- itself shows. Who may write to the zone says so by the environment or a file, never by an argument.
-- @module mailseal.cli.publish
local access = require "mailseal.cli.publish_access"
local domains_life = require "mailseal.cli.domains_life"
local kept = require "mailseal.cli.publish_kept"
local options = require "mailseal.cli.options"
local publish = require "mailseal.publish"
local registry_face = require "mailseal.cli.registry"
local report = require "mailseal.cli.publish_report"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"

local M = {}

local want = registry_face.want

-- Seconds to wait for whoever else is writing to the zone: longer than one who was killed is waited for.
local PATIENCE = 40

local epilog = [[
Credentials are told by the environment or by --credentials; --list says what
each way is called and wants to know. The exit status is 0 where all is
published (with --dry-run, where it could be), 1 where consent is wanted, or the
DNS host does not let it be done, and 75 where something is to be waited for.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary "Write a domain's records to its DNS."
  command:description "Writes a domain's records to its DNS, changing as little as possible, and takes them back again."
  command:epilog(epilog)
  command:argument("domain", "The domain."):args "?":convert(domains_life.convert_domain)
  command:option("--via", "How: " .. table.concat(publish.ids(), ", ") .. ", domain-connect."):argname "ID"
  command:option("--set", "A setting of that way; may be repeated."):argname "NAME=VALUE":count "*"
  command:option("--credentials", "The file that holds the credentials: mode 0600."):argname "FILE"
  command:option("--in-zone", "The zone, where it is not to be found out."):argname "ZONE":convert(options.name)
  command:option("--ttl", "The TTL of what is written."):argname "SECONDS":convert(options.whole("--ttl", 0, 2147483647))
  command:option("--wait", "For how long to look whether DNS shows it (15)."):argname "SECONDS":convert(options.whole("--wait", 0, 600))
  command:option("--consent", "Let that be taken away which stands in the way; may be repeated. --dry-run tells what wants consent.")
    :argname "CODE@NAME":count "*"
  command:flag("--dry-run", "Tell what would be changed, and change nothing.")
  command:flag("--undo", "Take back what was published before, and only that.")
  command:flag("--keep", "Keep the credentials, sealed, so that new keys are published without a hand touching DNS.")
  command:flag("--forget", "Forget the credentials that are kept for the domain.")
  command:flag("--history", "List what was published for the domain, the newest first.")
  command:option("--operator-zone", "Instead: mend that zone, to which CNAMEs of domains lead (cname_zone).")
    :argname "ZONE":convert(options.name)
  command:flag("--list", "List the ways, and what each wants to know: all, or those that suit the domain.")
  registry_face.describe_tenant(command)
  registry_face.describe_store(command)
  resolver.describe(command)
  command:flag("--json", "Print one JSON object a line on standard output, and nothing else.")
end

-- ---- what was asked for

-- What else may be asked for than to publish; and what is only for some of it.
local INSTEAD = { "undo", "forget", "history", "list" }
local ONLY = {
  { "dry_run", undo = true, publish = true }, { "wait", undo = true, publish = true }, { "keep", publish = true },
  { "ttl", publish = true }, { "consent", publish = true },
}

-- What somebody has asked for beside what does not heed it: he means something else than would be done.
local function check_together(given, chosen)
  for _, one in ipairs(ONLY) do
    local value = given[one[1]]
    if value and (type(value) ~= "table" or value[1]) and not one[chosen or "publish"] then
      status.stop(status.USAGE, ("--%s and --%s do not go together"):format(chosen, (one[1]:gsub("_", "-"))))
    end
  end
end

local function check(given)
  local chosen
  for _, name in ipairs(INSTEAD) do
    if given[name] and chosen then
      status.stop(status.USAGE, ("--%s and --%s do not go together"):format(chosen, name))
    end
    chosen = given[name] and name or chosen
  end
  check_together(given, chosen)
  if given.operator_zone and (given.domain or chosen) then
    status.stop(status.USAGE, ("--operator-zone and %s do not go together"):format(given.domain and "a domain" or "--" .. chosen))
  end
  if not given.domain and not given.list and not given.operator_zone then
    status.stop(status.USAGE, "a domain is wanted: see mailseal publish --help")
  end
end

local function module_of(given)
  local connecting = require "mailseal.onboard.publishing.connecting"
  if given.via == connecting.VIA then return connecting.WAY end
  local module, message = publish.find(given.via)
  return module or status.stop(status.USAGE, ("--via: %s"):format(message))
end

-- What `tenant:plan` is told. Whoever runs this may have it connect to wherever he likes, his own machine among it; in plain where he says
-- so.
local function plan_options(given, is_kept)
  local wanted = { via = given.via, ttl = given.ttl, zone = given.in_zone, keep = given.keep, wait = given.wait }
  local module = module_of(given)
  local values = access.options(module, given)
  if not is_kept[module.id] then access.want(module, values) end
  for name, value in pairs(values) do wanted[name] = value end
  wanted.fetch = { allow_private = true, allow_plain = (values.endpoint or ""):find "^http://" ~= nil or nil }
  return wanted, module, values
end

-- For a domain that was removed nothing is kept, and what was published for it can be taken back still.
local function kept_of(tenant, given)
  local is_kept, last = {}, nil
  local list, message, code = tenant:accesses(given.domain)
  if code == "not_found" and given.undo then list, message, code = {}, nil, nil end
  for _, one in ipairs(want(list, message, code)) do
    is_kept[one.via], last = true, one.via
  end
  return is_kept, last
end

-- The way that was named; where an access is kept, that one.
local function open(tenant, given)
  local is_kept, last = kept_of(tenant, given)
  given.via = given.via or last
  if not given.via then
    status.stop(status.USAGE, "--via wants to be told how to get at the zone: --list tells the ways")
  end
  return plan_options(given, is_kept)
end

-- ---- doing it

local function publish_it(tenant, given)
  local wanted, module, values = open(tenant, given)
  wanted.consent = {}
  for i, consent in ipairs(given.consent) do wanted.consent[i] = consent end
  local plan = want(tenant:plan(given.domain, wanted))
  if given.dry_run then
    report.plan(plan, given, false)
    return plan.conflicts[1] and status.NO or status.OK
  end
  local done, message, code, details = plan:apply { wait = given.wait, patience = PATIENCE }
  report.plan(plan, given, done)
  if done and done.access then kept.tell(tenant.registry, module, values, plan.zones[1]) end
  return done and report.done(plan, done, given) or report.refused(message, code, details)
end

local function undo(tenant, given)
  local wanted = open(tenant, given)
  wanted.dry_run = given.dry_run
  wanted.patience = PATIENCE
  local done, message, code, details = tenant:unpublish(given.domain, wanted)
  if not done then return report.refused(message, code, details) end
  return report.undone(done, given)
end

local function forget(tenant, given)
  local done, message, code = tenant:forget_access(given.domain, given.via)
  if code == "no_access" then
    local by = given.via and " by " .. given.via or ""
    status.stop(registry_face.status(code), ("no credentials are kept for %s%s"):format(given.domain, by))
  end
  want(done, message, code)
  return domains_life.tell_done(given.domain, "the credentials are forgotten", given)
end

local function history(tenant, given)
  for _, one in ipairs(want(tenant:publications(given.domain))) do report.publication(one, given) end
  return status.OK
end

-- ---- the ways

local function list_all(given)
  for _, id in ipairs(publish.ids()) do report.way(access.way(assert(publish.find(id))), given) end
  report.way(access.way(require "mailseal.onboard.publishing.connecting".WAY), given)
  return status.OK
end

local function list_for(tenant, given)
  local domain, ways = want(tenant:get(given.domain)), require "mailseal.publish.ways"
  for _, way in ipairs(ways.of { host = domain.dns_host, kept = kept_of(tenant, given) }) do
    if way.automatic then report.way(way, given) end
  end
  return status.OK
end

local actions = { undo = undo, forget = forget, history = history, list = list_for }

local function action_of(given)
  for _, name in ipairs(INSTEAD) do
    if given[name] then return actions[name] end
  end
  return publish_it
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  check(given)
  if given.operator_zone then return require "mailseal.cli.publish_zone".run(given) end
  if given.list and not given.domain then return list_all(given) end
  local id = registry_face.tenant(given)
  local registry = registry_face.open(given, { makes_key = function() return given.keep end, publishing = { allow_private = true } })
  local ok, result = pcall(action_of(given), registry:tenant(id, "mailseal publish"), given)
  registry:close()
  if not ok then error(result, 0) end
  return result
end

return M
