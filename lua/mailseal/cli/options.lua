--- Converters for options that several commands share.
-- @module mailseal.cli.options
local reverse = require "mailseal.dns.reverse"

local M = {}

--- A whole number, for argparse's `convert`.
-- @tparam string option such as "--bits"
-- @tparam number least
-- @tparam number most
-- @treturn function
function M.whole(option, least, most)
  return function(given)
    local number = given:match("^%d+$") and tonumber(given)
    if not number or number < least or number > most then
      return nil, ("%s: '%s' is not a whole number from %d to %.0f"):format(option, given, least, most)
    end
    return number
  end
end

--- A DNS name without the dot that may stand at its end, for argparse's `convert`.
-- @tparam string given
-- @treturn string
function M.name(given)
  return (given:gsub("%.$", ""))
end

--- A domain, as `M.name`; for argparse's `convert`.
-- @tparam string given
-- @treturn ?string nil where it is an address
-- @treturn ?string what is wrong
function M.domain(given)
  local name = M.name(given)
  if reverse.octets(name) then
    return nil, ("'%s' is an address, and no name of a domain"):format(given)
  end
  return name
end

--- A sender, a mail address or a domain, for argparse's `convert`.
-- @tparam string given
-- @treturn ?string nil where it is the address of a host
-- @treturn ?string what is wrong
function M.sender(given)
  if reverse.octets(given) then
    return nil, ("--sender: '%s' is the address of a host (--ip), and neither a mail address nor a domain"):format(given)
  end
  return given
end

--- The last second that `--time` takes: the end of the year 9999.
M.LAST_SECOND = 253402300799

--- A list written with colons between its names, for argparse's `convert`.
-- @tparam string option such as "--headers"
-- @treturn function from a text such as "from:to" to a list
function M.names(option)
  return function(given)
    local names = {}
    for name in (given .. ":"):gmatch("%s*(.-)%s*:") do
      if name == "" or name:find("[^\33-\126]") then
        return nil, ("%s: '%s' is not a list of header fields such as from:to:subject"):format(option, given)
      end
      names[#names + 1] = name
    end
    return names
  end
end

local LONGEST_NAME = 320 -- octets, of what Authentication-Results takes

--- What stands first in Authentication-Results, for argparse's `convert`.
-- @tparam string option such as "--authserv-id"
-- @treturn function
function M.authserv_id(option)
  return function(given)
    if given == "" or #given > LONGEST_NAME or given:find("%c") then
      return nil, ("%s: '%s' is no name of 1 to %d characters on one line"):format(option, given, LONGEST_NAME)
    end
    return given
  end
end

return M
