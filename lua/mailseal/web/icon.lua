--- Small signs. Each state has a shape of its own, so that nothing is said by colour alone; beside each stands a word.
-- @module mailseal.web.icon
local h = require "mailseal.web.html"

local M = {}

-- Filled shapes of 20 by 20, and the mark cut into them.
local shapes = {
  ok = { "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M6 10.3l2.7 2.7L14 7.4" },
  wait = { "M4 1.5h12A2.5 2.5 0 0 1 18.5 4v12a2.5 2.5 0 0 1-2.5 2.5H4A2.5 2.5 0 0 1 1.5 16V4A2.5 2.5 0 0 1 4 1.5z", "M10 5.5V10l3 2" },
  warn = { "M10 1.5a1.8 1.8 0 0 1 1.6 1l7.1 13.3a1.8 1.8 0 0 1-1.6 2.7H2.9a1.8 1.8 0 0 1-1.6-2.7L8.4 2.5a1.8 1.8 0 0 1 1.6-1z",
    "M10 7v4.5M10 14.6v.1" },
  bad = { "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3z", "M7 7l6 6M13 7l-6 6" },
  off = { "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M7.5 6.5v7M12.5 6.5v7" },
}

-- Drawn in lines alone.
local lines = {
  none = "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z",
  search = "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.7 12.7L17 17",
  copy = "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z",
  out = "M8 4h8v8M16 4L6 14",
  seal = "M10 1.5l2.3 1.7 2.8-.2.9 2.7 2.4 1.5-.7 2.8.7 2.8-2.4 1.5-.9 2.7-2.8-.2L10 18.5l-2.3-1.7-2.8.2-.9-2.7-2.4-1.5.7-2.8-.7-2.8L4 "
    .. "5.7 4.9 3l2.8.2zM6.5 10l2.5 2.5 4.5-4.8",
}

local function svg(class, content)
  return h.svg {
    class = "icon " .. class, viewBox = "0 0 20 20", width = 20, height = 20, aria_hidden = "true", focusable = "false", content,
  }
end

--- The sign of a state.
-- @tparam string tone "ok", "wait", "warn", "bad", "off" or "none"
-- @treturn table HTML
function M.state(tone)
  local shape = shapes[tone]
  if not shape then
    return svg("icon-none", h.path { class = "dashed", d = lines.none })
  end
  return svg("icon-" .. tone, { h.path { class = "shape", d = shape[1] }, h.path { class = "mark", d = shape[2] } })
end

--- A sign in lines.
-- @tparam string name "search", "copy", "out" or "seal"
-- @treturn table HTML
function M.line(name)
  return svg("icon-line", h.path { d = lines[name] })
end

return M
