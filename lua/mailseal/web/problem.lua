--- The page that is shown where there is no other: nothing here, or something went wrong.
-- @module mailseal.web.problem
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"

local M = {}

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table about `title`, `text`; `back`, the address of where to go on, and `back_text`
-- @treturn string
function M.draw(page, about)
  return layout.page(page, { title = about.title, class = "narrow" }, h.section {
    class = "panel", icon.state "none", h.h1 { about.title }, h.p { class = "lead", about.text },
    h.p { h.a { class = "button", href = about.back or page.base, about.back_text or "All domains" } },
  })
end

return M
