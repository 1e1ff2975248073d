--- `mailseal check`: says what is wrong with a domain, or with a message, what caused it and how to mend it.
-- @module mailseal.cli.check
local input = require "mailseal.cli.input"
local json = require "mailseal.json"
local objects = require "mailseal.check.objects"
local options = require "mailseal.cli.options"
local provider = require "mailseal.cli.provider_input"
local output = require "mailseal.cli.output"
local report_face = require "mailseal.cli.check_report"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
The aspects of --only are dkim, expected, spf, dmarc, mx, reverse, mta_sts,
tls_rpt, bimi, dnssec and profile; the profile (what large receivers ask of
bulk senders) judges by what those beside it have seen.

--provider looks for what that mail service wants published. What it issues (its
rule tells: `mailseal provider show`) is given by --var; what is not given is
looked at as far as its form is known, and told.

A file of --expect holds a list of what is to be published, such as
  [{"id": "key", "match": "dkim_key", "name": "s1._domainkey.example.com"}]
with, by kind, "type", "value", "key", "target" or "include" (it needs
lua-cjson).

--batch reads a domain a line (empty lines, and what follows a #, do not
count), and prints a JSON object for each, a line each, as soon as it is
ready; "line" is its line in the file. It asks no name servers of the
records' own zones unless --name-servers tells it to.

The exit status is 0 where all is well or there are warnings alone, 1 where
there is an error, and 75 where that cannot be told yet. `mailseal explain`
tells what each finding means.]]

local function describe_expectations(command)
  command:option("--selector", "A DKIM selector whose key is to be there; may be repeated."):argname("S"):count("*")
  command
    :option("--key", "The key that is to be there: a private or public key in PEM, or the text of its record.")
    :argname("FILE")
  command:option("--address", "An address that mail is sent from; may be repeated."):argname("IP"):count("*")
  command
    :option("--edited-at", "A name server of the host where the domain's DNS is said to be edited; may be repeated.")
    :argname("HOST")
    :count("*")
  command
    :option("--provider", "The mail service whose records are to be there: an id of `mailseal provider list`.")
    :argname("ID")
  provider.describe(command)
  command:option("--expect", "What else is to be published, as JSON."):argname("FILE")
  command:option("--mta-sts-policy", "The domain's MTA-STS policy, as fetched; - is standard input."):argname("FILE")
  command:option("--only", "Look at this aspect alone; may be repeated."):argname("ASPECT"):count("*")
end

local function describe_message(command)
  command:option("--message", "Check this message in place of a domain; - is standard input."):argname("FILE")
  command:option("--ip", "The address that the message came from."):argname("IP")
  command:option("--helo", "The name that the sending host gives."):argname("NAME")
  command:option("--sender", "The envelope sender (MAIL FROM) of the message, or of the domain's mail."):argname("ADDR")
end

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say what is wrong with a domain or a message, and how to mend it.")
  command:description("Looks at what a domain publishes for its mail, and says what is wrong with it and how to mend it.")
  command:epilog(epilog)
  command:argument("domain", "The domain."):args("?"):convert(options.name)
  describe_expectations(command)
  describe_message(command)
  command:option("--batch", "Check the domains in this file; - is standard input."):argname("FILE")
  command
    :option("--svg", "Draw the domain's authentication into this file; - is standard output, which then gets nothing else.")
    :argname("FILE")
  command:mutex(
    command:flag("--name-servers", "Ask each name server of the records' own zones (done for a single domain)."),
    command:flag("--no-name-servers", "Ask none of them.")
  )
  resolver.describe(command)
  command
    :option("--time", "The time to check at, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  command:flag("--json", "Print one JSON object a line on standard output, and nothing else.")
end

-- ---- What is to be checked, and whether the options go with it.

-- What options are for, where that is not everything.
local only_with = {
  { option = "ip", "message" }, { option = "helo", "domain", "message" }, { option = "sender", "domain", "message" },
  { option = "mta_sts_policy", "domain" },
  { option = "svg", "domain" }, { option = "expect", "domain" }, { option = "provider", "domain" }, { option = "var", "domain" },
  { option = "key", "domain", "batch" }, { option = "selector", "domain", "batch" }, { option = "address", "domain", "batch" },
  { option = "only", "domain", "batch" }, { option = "name_servers", "domain", "batch" },
  { option = "no_name_servers", "domain", "batch" }, { option = "edited_at", "domain", "batch" },
}

local words = { domain = "a domain", message = "--message", batch = "--batch" }

local function is_given(value)
  return value ~= nil and not (type(value) == "table" and #value == 0)
end

local function goes_with(rule, subject)
  for _, allowed in ipairs(rule) do
    if allowed == subject then
      return true
    end
  end
  return false
end

local function subject_of(given)
  local subject
  for _, name in ipairs { "domain", "message", "batch" } do
    if given[name] then
      if subject then
        status.stop(status.USAGE, ("%s and %s are not checked at a time"):format(words[subject], words[name]))
      end
      subject = name
    end
  end
  if not subject then
    status.stop(status.USAGE, "what is to be checked? a domain, --message FILE or --batch FILE")
  end
  if given.key and not is_given(given.selector) then
    status.stop(status.USAGE, "--key wants the --selector at which the key is to be")
  elseif is_given(given.var) and not given.provider then
    status.stop(status.USAGE, "--var is for what a --provider asks for")
  end
  for _, rule in ipairs(only_with) do
    if is_given(given[rule.option]) and not goes_with(rule, subject) then
      status.stop(status.USAGE, ("--%s does not go with %s"):format(rule.option:gsub("_", "-"), words[subject]))
    end
  end
  if given.svg == "-" and given.json then
    status.stop(status.USAGE, "--svg - and --json would both write to standard output: name a file for the picture")
  end
  return subject
end

-- Of a batch only what several domains share is kept: see `keep` of `check.domain`.
local BATCH_CACHE = 4000

--- The resolver that the options name, with the clock of `--time`. Many domains are asked of all servers in turn.
local function open_resolver(given)
  return resolver.open(given, {
    now = given.time and function()
      return given.time
    end,
    rotate = given.batch and true or nil,
    cache = given.batch and BATCH_CACHE or nil,
  })
end

--- The options of `check.domain` that the command line names.
local function check_options(given, name_servers)
  local read = require "mailseal.cli.check_input"
  return {
    resolver = open_resolver(given),
    selectors = given.selector,
    key = given.key and read.key(given.key),
    expect = given.expect and read.expectations(given.expect),
    addresses = read.addresses(given.address),
    only = read.aspects(given.only),
    edited_at = given.edited_at,
    helo = given.helo,
    sender = given.sender,
    mta_sts_policy = given.mta_sts_policy and input.all(given.mta_sts_policy),
    name_servers = name_servers,
    keep = not given.batch,
    now = given.time,
  }
end

-- ---- Running.

-- What a provider wants published, found or not: `rule`, `records`, `missing`.
local function ask_provider(given)
  local own = provider.own(given)
  local rule = provider.rule(given.provider, own)
  local records, _, missing = provider.records(rule, provider.domain(given.domain), given, own)
  return { rule = rule, records = records, missing = missing }
end

-- The expectations of the file, and those of the provider.
local function add_provider(expected, wanted)
  local list = {}
  for _, record in ipairs(wanted.records) do
    list[#list + 1] = require("mailseal.provider").expectation(record)
  end
  for _, expectation in ipairs(expected or {}) do
    list[#list + 1] = expectation
  end
  return list
end

-- What a record that is not there is to be: all of what the provider wants, and not just what is looked for in it. nil where that is
-- what the report has.
local function to_publish(record, records)
  for _, one in ipairs(record.status == "missing" and not record.found and records or {}) do
    if one.id == record.id then
      local value = one.value or one.shown or record.expected or "as the provider shows it"
      return one.required and value or value .. " (not required)"
    end
  end
end

local function tell(report, given, wanted)
  if given.json then
    local object = objects.report(report)
    json.add(object, "provider", wanted and json.object("id", wanted.rule.id, "missing", json.plain(wanted.missing)) or nil)
    output.line(json.encode(object))
  else
    for _, record in ipairs(report.records) do
      record.expected = wanted and to_publish(record, wanted.records) or record.expected
    end
    report_face.tell(report, wanted and function()
      require("mailseal.cli.provider_report").missing(wanted.missing)
    end)
  end
end

local function draw(report, path)
  local drawn = require("mailseal.check.picture").draw(report)
  if path == "-" then
    return output.write(drawn)
  end
  output.file(path, function(write)
    write(drawn)
  end)
end

local function check_domain(given)
  local check = require "mailseal.check"
  local wanted = given.provider and ask_provider(given)
  local asked = check_options(given, not given.no_name_servers)
  asked.expect = wanted and add_provider(asked.expect, wanted) or asked.expect
  local report, cause, code = check.domain(given.domain, asked)
  if not report then
    status.stop(code == "bad_name" and status.USAGE or status.UNAVAILABLE, ("'%s': %s"):format(given.domain, cause))
  end
  if given.svg then
    draw(report, given.svg)
  end
  if given.svg ~= "-" then
    tell(report, given, wanted)
  end
  return report_face.exit_status(report.status)
end

local function check_message(given)
  local check = require "mailseal.check"
  local message = input.all(given.message, M.LARGEST_MESSAGE)
  local report, cause, code = check.message(message, {
    resolver = open_resolver(given), ip = given.ip, helo = given.helo, sender = given.sender, now = given.time,
  })
  if not report then
    local wrong = code == "bad_address" and status.USAGE or status.DATA
    status.stop(wrong, wrong == status.USAGE and cause or input.name(given.message) .. ": " .. cause)
  end
  require("mailseal.cli.check_message").tell(report, given.json)
  return report_face.exit_status(report.status)
end

local function check_batch(given)
  return require("mailseal.cli.batch").run(given.batch, function()
    return check_options(given, given.name_servers or false)
  end)
end

local runs = { domain = check_domain, message = check_message, batch = check_batch }

--- Octets of the largest message that `--message` takes.
M.LARGEST_MESSAGE = 256 * 1024 * 1024

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return runs[subject_of(given)](given)
end

return M
