--- `mailseal sign`: message in, signed message out.
-- @module mailseal.cli.sign
local input = require "mailseal.cli.input"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
Two signatures, such as RSA and Ed25519, are made by two pairs of --selector
and --key, in the same order.

The message must be as it is sent: lines end in CRLF. With --normalize, bare
LF and the like are mended first, Date and Message-ID are added where they are
missing, and the mended message is what comes out.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Sign a message.")
  command:description("Signs a message with DKIM: prints the signature, then the message.")
  command:epilog(epilog)
  command:argument("file", "The message; none or - is standard input."):args("?"):argname("FILE")
  command:option("--domain", "The domain that signs (d=)."):convert(options.name):count(1)
  command:option("--selector", "The selector (s=); one for each --key."):convert(options.name):argname("S"):count("1+")
  command:option("--key", "A file with the private key (PEM)."):argname("FILE"):count("1+")
  command:option("--passphrase-file", "A file whose first line is the keys' passphrase."):argname("FILE")
  command
    :option("--canon", "Canonicalization of header and body: simple or relaxed, each.")
    :argname("HEADER/BODY")
    :default("relaxed/relaxed")
    :choices({ "relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple", "relaxed", "simple" })
  command:option("--headers", "The header fields to sign, in place of the default."):convert(options.names("--headers")):argname("A:B")
  command:option("--oversign", "Header fields that nobody may add later."):convert(options.names("--oversign")):argname("A:B")
  command:option("--identity", "The user or agent signed for (i=)."):argname("I")
  command
    :option("--time", "The time of signing (t=), in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  command
    :option("--expire", "The signature expires (x=) so long after.")
    :convert(options.whole("--expire", 1, options.LAST_SECOND))
    :argname("SECONDS")
  command
    :option("--lint", "A faulty message is refused; or signed, with a report on standard error; or just signed.")
    :choices({ "refuse", "report", "off" })
  command:flag("--normalize", "Mend line ends and add a missing Date or Message-ID before signing.")
  command:flag("--header-only", "Print the signature alone.")
  command:option("--out", "Write to this file, whole or not at all; none or - is standard output."):argname("FILE")
end

local function load_keys(given)
  local key = require "mailseal.key"
  local passphrase
  if given.passphrase_file then
    passphrase = input.all(given.passphrase_file):match("^[^\r\n]*")
  end
  local keys = {}
  for i, path in ipairs(given.key) do
    local loaded, cause = key.load_file(path, passphrase)
    if not loaded then
      status.stop(status.DATA, cause)
    end
    keys[i] = loaded
  end
  return keys
end

local function make_signer(given)
  if #given.key ~= #given.selector then
    status.stop(status.USAGE, "there must be as many --selector as --key (see mailseal sign --help)")
  end
  local dkim = require "mailseal.dkim"
  local signatures = {}
  for i, loaded in ipairs(load_keys(given)) do
    signatures[i] = { domain = given.domain, selector = given.selector[i], key = loaded }
  end
  local signer, cause = dkim.signer {
    signatures = signatures,
    canonicalization = given.canon,
    headers = given.headers,
    oversign = given.oversign,
    identity = given.identity,
    expire = given.expire,
    lint = given.lint,
    normalize = given.normalize,
  }
  if not signer then
    status.stop(status.USAGE, cause)
  end
  return signer
end

-- What --normalize mends, of the faults that a message is refused for.
local mended_by_normalize = { bare_lf = true, bare_cr = true, nul = true, no_date = true, no_message_id = true }

local function fail(given, cause, code)
  local remedy = mended_by_normalize[code] and " (--normalize mends it)" or ""
  status.stop(status.DATA, ("%s: %s%s"):format(input.name(given.file), cause, remedy))
end

local function report(given, findings)
  for _, finding in ipairs(findings) do
    local where = finding.line and (" in line %d"):format(finding.line) or ""
    local often = finding.count > 1 and (", %d times in all"):format(finding.count) or ""
    output.complain(
      "mailseal sign",
      ("%s: %s: %s%s%s (%s)"):format(
        input.name(given.file), finding.severity, finding.text, where, often, finding.code
      )
    )
  end
end

--- Signs the message; keeps what is to be sent in `spool`, to stand behind its signature.
local function sign(given, spool)
  local stream = make_signer(given):stream { now = given.time }
  for chunk in input.chunks(given.file) do
    local mended, cause, code = stream:write(chunk)
    if not mended then
      fail(given, cause, code)
    end
    spool:write(mended)
  end
  local header, findings, rest = stream:finish()
  if not header then
    fail(given, findings, rest)
  end
  spool:write(rest or "")
  if given.lint == "report" then
    report(given, findings)
  end
  return header
end

--- Runs the command. Nothing is written before the signature is made.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local spool = input.spool()
  local header = sign(given, spool)
  local function write_signed(write)
    write(header)
    if not given.header_only then
      for chunk in spool:chunks() do
        write(chunk)
      end
    end
  end
  if given.out and given.out ~= "-" then
    output.file(given.out, write_signed)
  else
    write_signed(output.write)
  end
  return status.OK
end

return M
