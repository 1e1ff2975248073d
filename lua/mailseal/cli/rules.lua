--- Directories of a user's own rules: those of `--rules`, or of the environment's MAILSEAL_RULES.
--
-- Rules of providers stand in such a directory, or below it in `provider`; those of DNS hosts in it, or in `host`.
-- @module mailseal.cli.rules
local core = require "mailseal.core".file

local M = {}

--- Declares the option.
-- @tparam table command argparse's command
function M.describe(command)
  command
    :option("--rules", "A directory of rules of your own; may be repeated (MAILSEAL_RULES unless told).")
    :argname("DIRECTORY")
    :count("*")
end

local function has(path, kind) return core.kind(path .. "/" .. kind) == "directory" end

--- The directories with rules of a kind.
-- @tparam ?{string,...} given those of `--rules`
-- @tparam string kind "provider" or "host"
-- @treturn {string,...}
function M.directories(given, kind)
  local from_environment = os.getenv "MAILSEAL_RULES"
  if (not given or not given[1]) and from_environment and from_environment ~= "" then
    given = { from_environment }
  end
  local list = {}
  for _, path in ipairs(given or {}) do
    if has(path, kind) then
      list[#list + 1] = path .. "/" .. kind
    elseif not has(path, "provider") and not has(path, "host") then -- what is in it is of one kind
      list[#list + 1] = path
    end
  end
  return list
end

return M
