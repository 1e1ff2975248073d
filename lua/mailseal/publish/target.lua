--- What all targets have in common: one file each, `mailseal.publish.via.<id>`, with the same methods.
--
-- The module of a target has:
--
-- - `id`; `name`, for people; `host`, the id of the DNS host (`mailseal.host`) that it writes to, nil where it is any
-- - `atomic`: does it make all changes of a call, or none, by itself? Where it does not, what was done before a failure is taken back
-- - `least_ttl`: seconds, below which it takes no TTL
-- - `settings`, `credentials`: what `open` wants to know beside `resolver`, `now` and `fetch`: lists of `name` (of the option), `text`
--   (what it is, for people), `environment` (the variable that the command takes it from), `required`, and of a credential `file`
--   where that variable may name a file which holds it; of a setting `also_in`, the `name` of another one that may say it as well, and a
--   `test` of its text whether it does. Credentials are secret: they are in no message, log or event
-- - `open(options)`: a target; or nil, a message and a code
--
-- A target has these methods, which wait for the network as `mailseal.async` does:
--
-- - `zone_of(name)`: the name of the zone that holds a name there, in A-labels without a dot at the end
-- - `read(zone, names)`: all record sets (`mailseal.publish.sets`) at these names, as they stand there now and not in anybody's cache,
--   of every type that the host has at them
-- - `apply(zone, changes)`: makes changes (`mailseal.publish.sets`). Each names the set as it was read: where it is not that any more,
--   nothing is changed. A change whose `before` and `after` are the same is a condition alone. Returns true
-- - `undo(zone, changes)`: takes back what `apply` made of them
-- - `close()`
--
-- Those that fail return nil, a sentence for people, a code, and a table of details where there are any:
--
-- - `bad_credentials` (unknown, expired, or for something else), `not_allowed` (known, and may not do this), `clock_off` (details:
--   `seconds`, by which this machine's clock is ahead of the server's)
-- - `no_zone`: it has no zone for that name; `several_zones`: it has several of one name, and a setting has to say which (details: `zones`)
-- - `zone_moved`: what stands there is not what was read: nothing was changed, and reading again will show it
-- - `refused_record`: it does not take such a record; nothing was changed
-- - `rate_limited` (details: `retry_at`, seconds since 1970), `unreachable`, `timeout`, `server_failed`: later may go well; nothing was
--   changed, or it is not known whether it was (details: `unsure` is true)
-- - `bad_answer`: the answer cannot be understood; `bad_setting`: an option makes no sense
-- - `half_done`: some of it was changed and could not be taken back (details: `done`, the changes that are in effect)
-- - of `mailseal.fetch`, what that says of the connection
-- @module mailseal.publish.target
local kinds = require "mailseal.dns.options"
local sets = require "mailseal.publish.sets"

local M = {}

--- What a target is opened with: what its lists `settings` and `credentials` name, with white space around it taken off.
-- @tparam table module the target's
-- @tparam table options of `open`
-- @treturn[1] table texts by name, those that are empty left out
-- @treturn[2] nil
-- @treturn[2] string what is missing, and where it is taken from
-- @treturn[2] string `credentials_missing`, `bad_setting`
-- @raise where options are not what they are
function M.given(module, options)
  local known = {
    resolver = kinds.of_type("table", "a resolver"), now = kinds.of_type("function", "a clock"), fetch = kinds.of_type("table", "options"),
  }
  local lists = { { module.settings, "bad_setting" }, { module.credentials, "credentials_missing" } }
  for _, list in ipairs(lists) do
    for _, one in ipairs(list[1]) do known[one.name] = kinds.of_type("string", "a text") end
  end
  kinds.check(("publish.open(\"%s\")"):format(module.id), options, known)
  if not options.resolver then error(("publish.open(\"%s\") wants a resolver"):format(module.id), 2) end
  local given = {}
  for _, list in ipairs(lists) do
    for _, one in ipairs(list[1]) do
      local text = (options[one.name] or ""):match "^%s*(.-)%s*$"
      if text ~= "" then
        given[one.name] = text
      elseif one.required then
        return nil, ("%s wants %s (%s)"):format(module.name, one.text, one.environment or one.name), list[2]
      end
    end
  end
  return given
end

--- What a target is opened with whose credentials go into requests of HTTP: they are printable ASCII, without white space.
-- @tparam table module the target's
-- @tparam table options of `open`
-- @treturn[1] table as of @{given}
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without any of the credentials
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `bad_setting`
-- @raise where options are not what they are
function M.given_for_http(module, options)
  local given, message, code = M.given(module, options)
  if not given then return nil, message, code end
  for _, one in ipairs(module.credentials) do
    if (given[one.name] or ""):find "[^!-~]" then
      return nil, ("%s wants %s: this is none"):format(module.name, one.text), "bad_credentials"
    end
  end
  return given
end

--- Makes the class of a target: `undo` is what `apply` does, the other way round.
-- @tparam string name for the metatable
-- @treturn table to put `read`, `apply` and `zone_of` into
function M.class(name)
  local class = { __name = name }
  class.__index = class

  function class:undo(zone, changes)
    return self:apply(zone, sets.reversed(changes))
  end

  function class:close() end -- luacheck: ignore 212

  return class
end

return M
