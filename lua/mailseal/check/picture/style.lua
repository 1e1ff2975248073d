--- How the picture looks, by day and by night.
--
-- The colours are told apart by who cannot tell red from green, and by their lightness; and none is alone: each state has a shape,
-- a border and a word of its own. Text has a contrast of 4.5 to 1 at least (WCAG 2.1, 1.4.3).
-- @module mailseal.check.picture.style
local M = {}

-- Of states, by day and by night.
local palettes = {
  light = {
    paper = "#ffffff", ink = "#1b1f24", soft = "#57606a", line = "#8c959f", box = "#f6f8fa",
    ok = "#005a9c", warning = "#8a5300", error = "#b42318", pending = "#5b4a9e", none = "#57606a",
  },
  dark = {
    paper = "#12161b", ink = "#e6ebf0", soft = "#a3adb8", line = "#6b7682", box = "#1c232b",
    ok = "#79c0ff", warning = "#f2b84b", error = "#ff9a88", pending = "#c4b0ff", none = "#a3adb8",
  },
}
M.palettes = palettes

--- The states, in the order in which the legend explains them.
M.STATES = { "ok", "warning", "error", "pending", "none" }

local function rules(palette)
  local list = {
    (".ms-paper{fill:%s}.ms-ink,.ms-strong,.ms-name{fill:%s}.ms-soft{fill:%s}"):format(palette.paper, palette.ink, palette.soft),
    (".ms-line{stroke:%s}.ms-arrow{fill:%s}.ms-box{fill:%s}.ms-box-plain{stroke:%s}"):format(palette.line, palette.line, palette.box,
      palette.line),
    (".ms-mark{stroke:%s}.ms-segment-used{fill:%s}.ms-segment-free{stroke:%s}.ms-segment-over{fill:%s}"):format(palette.paper,
      palette.ok, palette.line, palette.error),
  }
  for _, state in ipairs(M.STATES) do
    local colour = palette[state]
    list[#list + 1] = (".ms-%s{fill:%s}.ms-word-%s{fill:%s}.ms-box-%s{stroke:%s}"):format(state, colour, state, colour, state, colour)
  end
  list[#list + 1] = (".ms-none .ms-hollow{stroke:%s}"):format(palette.none)
  return table.concat(list)
end

-- What does not change with the light.
local fixed = table.concat {
  "text{font-family:system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}",
  ".ms-strong,[class*=ms-word-]{font-weight:600}",
  ".ms-line{fill:none;stroke-width:1.5}.ms-mark{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}",
  ".ms-hollow{fill:none;stroke-width:2;stroke-dasharray:3 2}",
  ".ms-box{stroke-width:1.5}.ms-box-error{stroke-width:3}.ms-box-warning{stroke-width:2.25}",
  ".ms-box-pending{stroke-dasharray:6 3}.ms-box-none{stroke-dasharray:2 3}",
  ".ms-segment-free{fill:none;stroke-width:1}.ms-cross{stroke-width:1.5}",
}

--- The style sheet.
-- @treturn string CSS
function M.sheet()
  return ("%s%s@media (prefers-color-scheme:dark){%s}"):format(fixed, rules(palettes.light), rules(palettes.dark))
end

return M
