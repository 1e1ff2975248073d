--- What commands have in common that lead customers to their DNS hosts (Domain Connect): the key that requests are signed by, and the
-- options of the service that say whose the templates are.
-- @module mailseal.cli.connect
local keys = require "mailseal.key"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local BITS = 2048

--- Reads a key that requests can be signed by, or ends the command. What is in the file is in no message.
-- @tparam string path
-- @treturn userdata as of `mailseal.key`
function M.key(path)
  local key, cause = keys.load_file(path)
  if not key then status.stop(status.DATA, cause) end
  if key:type() ~= "rsa" or key:bits() < BITS then
    status.stop(status.DATA, ("%s: a key of RSA is wanted, of %d bits or more"):format(text.printable(path), BITS))
  end
  return key
end

--- Ends the command where what was given for an option is no id of Domain Connect.
-- @tparam string option
-- @tparam ?string value
function M.check_id(option, value)
  if value ~= nil and not require "mailseal.domain_connect.ids".valid(value) then
    status.stop(status.USAGE, ("%s: '%s' is not of letters, digits, dots, hyphens and underscores"):format(option, text.printable(value)))
  end
end

--- Ends the command where of the key and the label at which it is published there is one without the other, or the label is none.
-- @tparam string option of the label
-- @tparam ?string label
-- @tparam string key_option
-- @tparam ?string path of the key
function M.check_label(option, label, key_option, path)
  if (path == nil) ~= (label == nil) then
    status.stop(status.USAGE, ("%s and %s are wanted together"):format(key_option, option))
  elseif label and not require "mailseal.domain_connect.ids".label(label) then
    status.stop(status.USAGE, ("%s: '%s' is no label"):format(option, text.printable(label)))
  end
end

-- ---- the service

--- Declares the service's options.
-- @tparam table command argparse's command
function M.describe_service(command)
  command:option("--connect-provider-id", "Have DNS hosts asked whether they know your templates (Domain Connect): providerId.")
    :argname "ID"
  command:option("--connect-key", "A file with the private key (PEM, RSA) that their requests are signed by."):argname "FILE"
  command:option("--connect-key-name", "The label at which its public half is published."):argname "LABEL"
end

-- The key's file, and not what is in it.
local function own_of(given, absolute)
  local path = given.connect_key
  if path then M.key(path) end
  return { provider_id = given.connect_provider_id, key_name = given.connect_key_name, key_file = path and absolute(path) }
end

--- What the service is told of it.
-- @tparam table given the options
-- @tparam function absolute makes a file's name one from the root directory on
-- @treturn ?table `publish`, as `mailseal.http.new` has it; nil where there is nothing to tell
function M.of_service(given, absolute)
  M.check_id("--connect-provider-id", given.connect_provider_id)
  M.check_label("--connect-key-name", given.connect_key_name, "--connect-key", given.connect_key)
  if given.connect_provider_id then return { ["domain-connect"] = own_of(given, absolute) } end
  if given.connect_key then status.stop(status.USAGE, "--connect-key wants --connect-provider-id") end
end

return M
