-- documented.lua: does every public function have its LDoc comment, with each parameter named?
--
--   lua spec/support/documented.lua lua/mailseal/key.lua …
--
-- Public is what a module or a type of it carries: `function M.load(pem, options)`,
-- `function Key:record()`. A name that starts with "_" is not. The comment begins with "---",
-- stands right above, says something, and has a @param (or LDoc's short forms) for each parameter.

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

local function check_function(path, lines, n, name, parameters)
  local comment = comment_above(lines, n)
  if not comment:find("^%s*%-%-%-+%s*%S") then
    return complain(path, n, "%s has no LDoc comment", name)
  end
  local documented = {}
  for tag, words in comment:gmatch("@(%w+)([^\n]*)") do
    if tag ~= "return" and tag ~= "treturn" then
      for word in words:gmatch("[%w_.]+") do
        documented[word] = true
      end
    end
  end
  for parameter in parameters:gmatch("[%w_.]+") do
    if not documented[parameter] and not parameter:find("^_") then
      complain(path, n, "%s does not document its parameter %s", name, parameter)
    end
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
