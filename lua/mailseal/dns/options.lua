--- What options must be. A kind of option is a list of a test and the words that tell what passes it.
--
--     local known = { timeout = options.seconds(1000), tries = options.count(1, 100), rotate = options.flag }
--     options.check("dns.resolver", given, known)
-- @module mailseal.dns.options
local next, type = next, type

local M = {}

local function is_within(value, least, most) return type(value) == "number" and value >= least and value <= most end

local function is_count(value, least, most) return is_within(value, least, most) and value % 1 == 0 end

--- What is of one of Lua's types.
-- @tparam string name the type's
-- @tparam string words what to call it
-- @treturn table the kind
function M.of_type(name, words)
  return { function(value) return type(value) == name end, words }
end

--- True or false.
M.flag = M.of_type("boolean", "true or false")

--- Any value: whoever takes it judges it.
M.any = { function() return true end, "there" }

--- A duration.
-- @tparam number most seconds
-- @treturn table the kind
function M.seconds(most)
  return { function(value) return is_within(value, 0, most) and value > 0 end, ("a number above 0, at most %d"):format(most) }
end

--- A whole number.
-- @tparam number least
-- @tparam number most
-- @treturn table the kind
function M.count(least, most)
  return { function(value) return is_count(value, least, most) end, ("a whole number from %d to %d"):format(least, most) }
end

--- Values of several kinds.
-- @tparam {table,...} kinds
-- @treturn table the kind
function M.either(kinds)
  local words = {}
  for i, kind in ipairs(kinds) do words[i] = kind[2] end
  return {
    function(value)
      for _, kind in ipairs(kinds) do
        if kind[1](value) then return true end
      end
      return false
    end,
    table.concat(words, ", ", 1, #words - 1) .. (#words > 2 and ", or " or " or ") .. words[#words],
  }
end

--- Checks a table of options.
-- @tparam string where the function that takes them, as messages call it
-- @tparam any given what its caller has given
-- @tparam table known by name, the kinds
-- @raise in the name of that caller, where it is no table, an option is none, or not of its kind
function M.check(where, given, known)
  if type(given) ~= "table" then error(where .. " wants a table of options", 3) end
  for name, value in next, given do
    local kind = known[name]
    if not kind then error(("%s knows no option \"%s\""):format(where, tostring(name)), 3) end
    if not kind[1](value) then error(("%s: %s must be %s"):format(where, name, kind[2]), 3) end
  end
end

return M
