--- The catalogue of findings by its sections, for specs that hold that each finding of a section is met.
local M = {}

local PATH = "csrc/record/findings.def"

--- The codes of the sections whose heading matches a pattern.
-- A heading is a comment such as `/* ---- check spf: what SPF comes to (…) */`; what is matched is the part before the colon.
-- @tparam string ... patterns of Lua, such as "^check", of which a heading matches one
-- @treturn {string,...} in the order of the file
function M.codes(...)
  local codes, inside = {}, false
  for line in io.lines(PATH) do
    local heading, code = line:match("^/%* %-%-%-%- ([^:]+):"), line:match('^FINDING%([%u%d_]+, "([%l%d_]+)"')
    if heading then
      inside = false
      for _, pattern in ipairs { ... } do
        inside = inside or heading:find(pattern) ~= nil
      end
    elseif code and inside then
      codes[#codes + 1] = code
    end
  end
  return codes
end

return M
