-- documented.lua: does every public function have its LDoc comment, with each parameter and what it returns, and their types?
--
--   lua spec/support/documented.lua lua/mailseal/key.lua …
--
-- Public is what a module or a type of it carries: `function M.load(pem, options)`,
-- `function Key:record()`. A name that starts with "_" is not. The comment begins with "---",
-- stands right above, says something, has a @tparam for each parameter and for nothing else, and a
-- @treturn where the function ends by returning something. What may be anything has the type "any".

local faults = 0

local function complain(path, line, words, ...)
  io.stderr:write(("%s:%d: "):format(path, line), words:format(...), "\n")
  faults = faults + 1
end

-- The comment lines that stand right above line `n`, as one text.
local function comment_above(lines, n)
  local first = n
  while first > 1 and lines[first - 1]:find("^%s*%-%-") do
    first = first - 1
  end
  return table.concat(lines, "\n", first, n - 1)
end

-- The names of the parameters that a comment documents; complains of what it leaves open.
local function documented_parameters(path, n, name, comment)
  local documented = {}
  for tag, words in comment:gmatch("@(%l+)([^\n]*)") do
    words = words:gsub("^%b[]", "")
    if tag == "param" or tag == "return" then
      complain(path, n, "%s: @%s%s has no type: write @t%s", name, tag, words, tag)
    elseif tag == "tparam" then
      local kind, parameter = words:match("^%s+(%S+)%s+([%w_.]+)")
      if parameter then
        documented[parameter] = kind
      else
        complain(path, n, "%s: @tparam%s lacks a type or a name", name, words)
      end
    elseif tag == "treturn" and not words:find("^%s+%S") then
      complain(path, n, "%s: @treturn lacks a type", name)
    end
  end
  return documented
end

-- Does the function that starts in line `n` end by returning something?
local function returns(lines, n)
  if lines[n]:find("%f[%w]end%s*$") then
    return lines[n]:find("%f[%w]return%s+%S+.*%send%s*$") ~= nil
  end
  local last = n
  while lines[last + 1] and not lines[last + 1]:find("^end") do
    last = last + 1
  end
  for at = n + 1, last do
    if lines[at]:find("^  return%s+%S") then
      return true
    end
  end
  return false
end

local function check_function(path, lines, n, name, parameters)
  local comment = comment_above(lines, n)
  if not comment:find("^%s*%-%-%-+%s*%S") then
    return complain(path, n, "%s has no LDoc comment", name)
  end
  local documented, has = documented_parameters(path, n, name, comment), {}
  for parameter in parameters:gmatch("[%w_.]+") do
    has[parameter] = true
    if not documented[parameter] and not parameter:find("^_") then
      complain(path, n, "%s does not document its parameter %s", name, parameter)
    end
  end
  for parameter in pairs(documented) do
    if not has[parameter] and not has[parameter:match("^[^.]*")] then
      complain(path, n, "%s has no parameter %s", name, parameter)
    end
  end
  if returns(lines, n) and not comment:find("@treturn", 1, true) then
    complain(path, n, "%s does not document what it returns", name)
  end
end

local function check_file(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  for n, line in ipairs(lines) do
    local name, parameters = line:match("^function ([%w_]+[.:][%w_.:]+)%s*%(([^)]*)")
    if not name then
      name, parameters = line:match("^([%w_]+%.[%w_.]+) = function%s*%(([^)]*)")
    end
    if name and not name:find("[.:]_") then
      check_function(path, lines, n, name, parameters)
    end
  end
  if not (lines[1] or ""):find("^%-%-%-") and not (lines[1] or ""):find("^#!") then
    complain(path, 1, "the file does not begin with an LDoc comment that says what it is for")
  end
end

for _, path in ipairs(arg) do
  check_file(path)
end
os.exit(faults == 0 and 0 or 1)
