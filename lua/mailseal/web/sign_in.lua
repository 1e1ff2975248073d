--- The page that asks who it is.
-- @module mailseal.web.sign_in
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"

local M = {}

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table about `problem`, what was wrong with what was given; `to`, the path to go on to
-- @treturn string
function M.draw(page, about)
  local problem = about.problem
  return layout.page(page, { title = "Sign in", class = "narrow" }, h.section {
    class = "panel sign-in", icon.line "seal", h.h1 { "Sign in" },
    h.p { class = "lead", "Everything about your sending domains: which records they need, what DNS shows, and what to do next." },
    h.form {
      method = "post", action = link.to(page.base, "sign-in"),
      about.to and h.input { type = "hidden", name = "to", value = about.to },
      h.div {
        class = "field" .. (problem and " has-problem" or ""), h.label { ["for"] = "token", "Access token" },
        h.p { class = "hint", id = "token-hint", "It begins with ms_, and was shown once when it was made." },
        h.input {
          id = "token", name = "token", type = "password", required = true, autocomplete = "current-password", autocapitalize = "none",
          spellcheck = "false", aria_invalid = problem and "true" or false,
          aria_describedby = problem and "token-problem token-hint" or "token-hint",
        },
        problem and h.p { class = "problem", id = "token-problem", icon.state "bad", h.span { problem } },
      },
      h.button { type = "submit", class = "button primary", "Sign in" },
    },
    -- Whoever comes by a link on another site has not shown his cookie, though he may have one.
    about.to and h.p { class = "go-on", h.a { href = about.to, "I am signed in already" } } or nil,
  })
end

return M
