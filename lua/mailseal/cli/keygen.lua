--- `mailseal keygen`: makes a key and tells the record to publish.
-- @module mailseal.cli.keygen
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local status = require "mailseal.cli.status"
local core = require "mailseal.core".file

local M = {}

local TTL = 3600

local epilog = [[
With --out, the private key goes to that file (mode 0600), and the record to
publish to standard output. Without it, both go to standard output, the key
(PKCS#8, PEM) first; what follows is text that readers of PEM pass over.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Make a key, and the DNS record to publish.")
  command:description("Makes a key for DKIM, and tells the DNS record to publish for it.")
  command:epilog(epilog)
  command:option("--type", "The kind of key: rsa or ed25519."):choices({ "rsa", "ed25519" }):default("rsa")
  command:option("--bits", "Size of an RSA key (2048 unless told)."):convert(options.whole("--bits", 1, 1000000)):argname("N")
  command:option("--domain", "The domain that signs (d=)."):convert(options.name)
  command:option("--selector", "The selector (s=)."):convert(options.name):argname("S")
  command:option("--out", "Write the private key to this file; none or - is standard output."):argname("FILE")
  command:flag("--force", "Write over an existing file; allow an RSA key under 2048 bits.")
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

--- A name in lower-case A-labels, or wrong usage.
local function to_ascii(option, name)
  local domain = require "mailseal.domain"
  local ascii, cause = domain.to_ascii(name)
  if not ascii or not domain.valid(ascii) then
    status.stop(status.USAGE, ("%s: '%s' cannot stand in DNS: %s"):format(option, name, cause or "it is no host name"))
  end
  return ascii
end

--- The name at which the record is to be published; nil where the domain is not told.
local function record_name(given)
  if (given.domain == nil) ~= (given.selector == nil) then
    status.stop(status.USAGE, "--domain and --selector belong together (see mailseal keygen --help)")
  end
  if given.domain then
    return to_ascii("--selector", given.selector) .. "._domainkey." .. to_ascii("--domain", given.domain)
  end
end

--- Refuses what cannot be done before a key is made in vain.
local function check(given)
  if given.type == "ed25519" and given.bits then
    status.stop(status.USAGE, "--bits is for RSA: an Ed25519 key has one size (see mailseal keygen --help)")
  end
  local existing = given.out and core.kind(given.out)
  if not existing then
    return
  end
  if existing == "other" or given.out:find("^/dev/") then
    status.stop(status.CANNOT_CREATE, given.out .. " is a device or a pipe; without --out the key goes to standard output")
  elseif existing == "directory" then
    status.stop(status.CANNOT_CREATE, given.out .. " is a directory")
  elseif not given.force then
    status.stop(status.CANNOT_CREATE, given.out .. " exists already: choose another name, or add --force")
  end
end

local function generate(given)
  local key = require "mailseal.key"
  local made, cause, code = key.generate { type = given.type, bits = given.bits, force = given.force }
  if not made then
    local asked = code == "key_too_small" or code == "key_too_large" or code == "key_bad_bits"
    status.stop(asked and status.USAGE or status.UNAVAILABLE, cause)
  end
  return made
end

local function save(made, given)
  local saved, cause, code = made:save(given.out, { force = given.force })
  if not saved then
    output.stop(cause, code)
  end
end

--- The record to publish: its value, and where the name is known the zone file's line.
local function publication(made, name)
  local value = made:record()
  if not name then
    return { value = value }
  end
  local record = require "mailseal.record"
  local line, cause = record.zone_line(name, value, TTL)
  if not line then
    status.stop(status.USAGE, cause)
  end
  return { name = name, value = value, zone_line = (line:gsub("%s+$", "")) }
end

local function describe_key(made)
  return made:type() == "rsa" and ("RSA, %d bits"):format(made:bits()) or "Ed25519"
end

--- Writes the record for people.
local function tell(published)
  if not published.name then
    output.write("Publish this text in a TXT record at <selector>._domainkey.<domain>:\n\n", published.value, "\n")
    return
  end
  output.write("Publish this TXT record:\n\n  name   ", published.name, "\n  value  ", published.value, "\n\n")
  output.write("or, as a line of a zone file:\n\n", published.zone_line, "\n")
end

local function tell_json(made, published, given)
  output.line(
    json.encode(
      json.object(
        "type", made:type(),
        "bits", made:bits(),
        "name", published.name,
        "record", published.value,
        "zone_line", published.zone_line,
        "file", given.out,
        "private_key", not given.out and made:pem() or nil
      )
    )
  )
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  if given.out == "-" then
    given.out = nil
  end
  local name = record_name(given)
  check(given)
  local made = generate(given)
  local published = publication(made, name)
  if given.out then
    save(made, given)
  end
  if given.json then
    tell_json(made, published, given)
    return status.OK
  end
  if given.out then
    output.write("The private key is in ", given.out, " (", describe_key(made), "). Keep it secret.\n\n")
  else
    output.write(made:pem(), "\n")
  end
  tell(published)
  return status.OK
end

return M
