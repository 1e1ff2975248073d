--- Labels that are wholly Cyrillic or Greek, and read as Latin ones: `аррӏе`.
--
-- A few letters only, those that no type tells apart. What else is confusable (UTS 39 §4) is not looked for.
-- @module mailseal.onboard.lookalikes

local M = {}

local latin_of = {
  ["а"] = "a", ["с"] = "c", ["ԁ"] = "d", ["е"] = "e", ["һ"] = "h", ["і"] = "i", ["ј"] = "j", ["ӏ"] = "l", ["о"] = "o", ["р"] = "p",
  ["ԛ"] = "q", ["ѕ"] = "s", ["ѵ"] = "v", ["ԝ"] = "w", ["х"] = "x", ["у"] = "y",
  ["α"] = "a", ["ι"] = "i", ["κ"] = "k", ["ν"] = "v", ["ο"] = "o", ["ρ"] = "p", ["υ"] = "u", ["ω"] = "w",
}

--- The Latin label that a label of another script reads as.
-- @tparam string label a U-label
-- @treturn ?string nil where it is plain ASCII, or some letter of it reads as no Latin one
function M.latin(label)
  if not label:find "[\128-\255]" or label:find "%l" then
    return nil
  end
  local latin = label:gsub("[\194-\244][\128-\191]*", latin_of)
  return not latin:find "[\128-\255]" and latin or nil
end

return M
