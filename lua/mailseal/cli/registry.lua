--- The registry of domains that a command works on: its options, opening it, and what its errors mean for the exit status.
-- @module mailseal.cli.registry
local options = require "mailseal.cli.options"
local provider_input = require "mailseal.cli.provider_input"
local resolver = require "mailseal.cli.resolver"
local rules = require "mailseal.cli.rules"
local status = require "mailseal.cli.status"

local M = {}

--- Where the domains are kept unless something else is said.
M.DATABASE = "sqlite:mailseal.db"

--- The tenant unless another is named.
M.TENANT = "default"

--- Declares the option that names the database.
-- @tparam table command argparse's command
function M.describe_database(command)
  command:option("--db", "The database: sqlite:FILE or postgresql://… (MAILSEAL_DB, or " .. M.DATABASE .. ")."):argname("URL")
end

--- Declares the options that name the database, its master key, and rules of one's own.
-- @tparam table command argparse's command
function M.describe_store(command)
  M.describe_database(command)
  command
    :option("--master-key", "The key that private keys are sealed with (MAILSEAL_MASTER_KEY, or master.key beside the database).")
    :argname("FILE")
  rules.describe(command)
end

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  M.describe_store(command)
  resolver.describe(command)
  command
    :option("--time", "The time it is, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
end

--- Declares the option that lets webhooks go to this machine and to private networks.
-- @tparam table command argparse's command
function M.describe_webhooks(command)
  command:flag("--allow-private-webhooks", "Webhooks may go to this machine and to private networks, and to http://.")
end

--- Declares the option that lets DNS hosts be on this machine and in private networks, for those who publish as others ask them to.
-- @tparam table command argparse's command
function M.describe_dns_hosts(command)
  command:flag("--allow-private-dns-hosts", "Records may be published at servers on this machine and in private networks, and by http://.")
end

--- Declares the option that names a tenant.
-- @tparam table command argparse's command
function M.describe_tenant(command)
  command:option("--tenant", "Whose (MAILSEAL_TENANT, or " .. M.TENANT .. ")."):argname("ID")
end

-- What a variable of the environment says; nil where it says nothing.
local function variable(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

-- The directory of an SQLite file, with a slash at its end; "" where the database is none, or is in the working directory.
local function directory_of(url)
  local path = url:match "^sqlite:([^?]*)"
  return path and path:match "^(.*/)[^/]*$" or ""
end

-- What the codes of the registry and of what it is made of mean for the exit status. All others are that the answer is no.
local statuses = {}
for code, words in pairs {
  [status.USAGE] = "no_target bad_setting credentials_missing "
    .. "bad_name bad_webhook public_suffix no_provider vars_missing bad_var bad_id bad_text no_format bad_provider bad_url "
    .. "too_many several_zones other_zone in_the_future key_too_small key_too_large key_bad_bits no_master_key",
  [status.DATA] = "store_corrupt store_foreign store_too_new store_readonly bad_rule bad_suffix_list wrong_master_key not_private "
    .. "not_a_file bad_key too_large unreadable bad_path seal_broken seal_malformed not_representable outside_zone bad_type bad_value "
    .. "conflicting weak_key",
  [status.UNAVAILABLE] = "unreachable dns_failed no_such_host tls_failed bad_certificate "
    .. "store_unreachable store_missing_package no_module no_suffix_list bad_server timeout",
  [status.CANNOT_CREATE] = "not_permitted",
  [status.OUTPUT] = "store_full no_space io_error",
  [status.TEMPORARY] = "rate_limited server_failed bad_answer publish_under_way zone_moved clock_off bad_signature wrong_reply "
    .. "store_busy changed_meanwhile servfail refused bogus",
  [status.INTERNAL] = "store_error",
} do
  for name in words:gmatch "%S+" do
    statuses[name] = code
  end
end

-- What to do about some of them, where their messages do not say.
local cures = {
  not_found = "`mailseal domains list` tells those that the tenant has",
  no_such_token = "`mailseal tokens list` tells those of the tenant",
  no_such_key = "`mailseal domains keys` tells those of the domain",
  no_such_webhook = "`mailseal webhooks list` tells those that the tenant has",
  no_access = "`mailseal publish --list DOMAIN` tells the ways",
  no_target = "`mailseal publish --list` tells the ways",
  zone_moved = "somebody else has changed the zone meanwhile: try again",
  exists = "`mailseal domains show` tells how it stands",
  in_use = "`mailseal domains release` notes that a use has ended, `mailseal domains unhold` calls held mail off",
}

--- The exit status of what a function of the registry has refused.
-- @tparam ?string code
-- @treturn number
function M.status(code)
  return statuses[code] or status.NO
end

--- Ends the command because of what a function of the registry has refused.
-- @tparam string message
-- @tparam ?string code
function M.stop(message, code)
  local cure = cures[code]
  status.stop(M.status(code), cure and ("%s (%s)"):format(message, cure) or message)
end

--- What a function of the registry returned, or the end of the command where that is nil.
-- @tparam any value
-- @tparam ?string message
-- @tparam ?string code
-- @treturn any
function M.want(value, message, code)
  if value == nil then
    M.stop(message, code)
  end
  return value, message, code
end

-- A module that may not be there because a package is not.
local function module(name)
  local found, result = pcall(require, name)
  if not found then
    status.stop(status.UNAVAILABLE, (tostring(result):match "^[^\n]*"))
  end
  return result
end

local NO_ENTRY = 2 -- ENOENT

local function exists(path)
  local file, _, number = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil or number ~= NO_ENTRY
end

-- The file of an SQLite database; nil where the database is none.
local function file_of(url)
  local path = url:match "^sqlite:(.+)$"
  return path ~= ":memory:" and path or nil
end

-- Whoever only looks at a database that is not there has mistaken its name: an empty one would tell him that all is well.
local function want_database(url)
  local path = file_of(url)
  if path and not exists(path) then
    status.stop(status.UNAVAILABLE, ("there is no database %s: `mailseal domains add` makes it, and --db names another"):format(path))
  end
end

-- SQLite does not say which file it is that it cannot take.
local function with_file(url, message, code)
  local path = file_of(url)
  local is_about_it = path and code:find "^store_" and code ~= "store_missing_package"
  return is_about_it and not message:find(path, 1, true) and ("%s: %s"):format(path, message) or message
end

-- The file of the master key. Where none is named, none is made beside the database unless a key is to be made that it is wanted for:
-- whoever only looks needs none.
local function master_key_of(given, url, makes_key)
  local named = given.master_key or variable "MAILSEAL_MASTER_KEY"
  local usual = directory_of(url) .. "master.key"
  return named or (makes_key or exists(usual)) and usual or nil
end

-- The numbers that the options name; nil for the usual ones.
local function policy_of(given, more)
  local private = { allow_private = true, allow_plain = true }
  local policy = {
    webhooks = given.allow_private_webhooks and { allow_private = true } or nil,
    publishing = given.allow_private_dns_hosts and private or more.publishing,
  }
  return next(policy) and policy or nil
end

-- The database's URL, and where it is a file that is not there, either that is made or the command ends.
local function url_of(given, more)
  local url = given.db or variable "MAILSEAL_DB" or M.DATABASE
  if not more.makes_database then
    want_database(url)
  end
  return url
end

--- Opens the registry that the options name.
-- @tparam table given the options as parsed
-- @tparam[opt] table more `operator_zones`: as of `mailseal.onboard.open`; `resolver`: further options of `dns.resolver`;
--   `publishing`: a policy of publishing;
--   `makes_database`: true where a database that is not there is made; `makes_key`: a function that takes the user's own rules of
--   providers and returns whether a private key is to be made
-- @treturn table the registry
-- @treturn table by what it was opened: `db`, `master_key_file`, `policy`, and `rules`, directories
function M.open(given, more)
  more = more or {}
  local own, url = provider_input.own(given), url_of(given, more)
  local clock = given.time and function()
    return given.time
  end
  local wanted = { now = clock }
  for name, value in pairs(more.resolver or {}) do
    wanted[name] = value
  end
  local master_key_file = master_key_of(given, url, more.makes_key and more.makes_key(own))
  local policy = policy_of(given, more)
  local registry, message, code = module "mailseal.onboard".open {
    db = url, clock = clock, resolver = resolver.open(given, wanted), providers = own, master_key_file = master_key_file, policy = policy,
    operator_zones = more.operator_zones,
  }
  if code == "not_private" then
    message = ("%s (chmod 600 %s, as its owner)"):format(message, master_key_file)
  end
  if not registry then -- what is not found here is the master key's file
    status.stop(code == "not_found" and status.DATA or M.status(code), with_file(url, message, code))
  end
  return registry, {
    db = url, master_key_file = master_key_file, rules = rules.directories(given.rules, "provider"), policy = policy,
  }
end

--- Opens the registry for what asks nothing of DNS and needs no key.
-- @tparam table given the options as parsed, of `describe_database`
-- @tparam[opt] table more `makes_database`, as of `open`
-- @treturn table the registry
function M.open_store(given, more)
  local url = url_of(given, more or {})
  local registry, message, code = module "mailseal.onboard".open { db = url }
  return registry or status.stop(M.status(code), with_file(url, message, code))
end

--- The id of the tenant that the options name.
-- @tparam table given the options as parsed
-- @treturn string
function M.tenant(given)
  local id = given.tenant or variable "MAILSEAL_TENANT" or M.TENANT
  if not id:find "^[!-~]+$" or #id > 200 then
    status.stop(status.USAGE, ("--tenant: '%s' is not 1 to 200 printable ASCII characters"):format(id))
  end
  return id
end

return M
