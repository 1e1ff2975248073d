--- How the examples speak to people: on a terminal a line that changes in place and a little weight; in a file or a pipe
-- plain lines alone.
local M = {}

local function is_terminal()
  local done = os.execute("test -t 1")
  return done == true or done == 0
end

local on_terminal = is_terminal()
local weighty = on_terminal and not os.getenv("NO_COLOR") and os.getenv("TERM") ~= "dumb"
local pending = false -- does the cursor stand behind a line that may still change?

local function style(code)
  return function(text)
    return weighty and "\27[" .. code .. "m" .. text .. "\27[0m" or text
  end
end

M.bold, M.green, M.red, M.dim = style("1"), style("32"), style("31"), style("2")

--- Text from outside, with control characters made visible.
function M.plain(text)
  return (text:gsub("[%c\127]", "?"))
end

--- Prints a line that stays.
function M.line(...)
  if pending then
    io.stdout:write("\r\27[K")
    pending = false
  end
  io.stdout:write(...)
  io.stdout:write("\n")
  assert(io.stdout:flush())
end

--- Prints a heading.
function M.heading(text)
  M.line()
  M.line(M.bold(text))
end

--- Shows, on a terminal alone, a line that the next one replaces.
function M.progress(text)
  if on_terminal then
    io.stdout:write("\r\27[K", text)
    io.stdout:flush()
    pending = true
  end
end

return M
