--- A domain's authentication chain as a picture: SVG text.
--
-- From the domain of the From address on: DKIM selectors through their CNAMEs to keys; the tree of SPF's includes, with what they
-- cost, and what is past the ten look-ups; the names of DMARC's tree walk and the policy that was found.
--
--     local report = assert(check.domain("example.com", { selectors = { "s1" } }))
--     local text = require "mailseal.check.picture".draw(report)
--
-- States are told by shape, border and word, never by colour alone. The picture follows the viewer's choice of light or dark, loads
-- nothing, runs nothing, and is of bounded size whatever DNS holds.
-- @module mailseal.check.picture
local bands = require "mailseal.check.picture.bands"
local describe = require "mailseal.check.picture.describe"
local model = require "mailseal.check.picture.model"
local style = require "mailseal.check.picture.style"
local svg = require "mailseal.check.picture.svg"

local M = {}

--- Draws a report.
-- @tparam table report as `mailseal.check.domain` returns it; of its aspects `dkim`, `spf` and `dmarc` are drawn
-- @treturn string an SVG document in UTF-8
function M.draw(report)
  local shown = model.of(report)
  local canvas = svg.canvas(bands.WIDTH)
  local y = bands.head(canvas, shown)
  local spine = { y }
  for _, draw in ipairs { bands.dkim, bands.spf, bands.dmarc } do
    spine[#spine + 1] = y
    y = draw(canvas, y, shown)
  end
  bands.spine(canvas, spine)
  bands.legend(canvas, y)
  return canvas:finish("E-mail authentication of " .. shown.domain, describe.text(shown), style.sheet(), bands.MARGIN)
end

return M
