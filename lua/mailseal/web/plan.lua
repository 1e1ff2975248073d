--- The page of a plan: what would be changed in a domain's DNS, before and after; what stays, and why; and what wants consent, with a tick
-- for each. Nothing is changed before somebody agrees here.
-- @module mailseal.web.plan
local h = require "mailseal.web.html"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"
local setup = require "mailseal.web.setup"
local words = require "mailseal.web.words"

local M = {}

-- By action: the tone, and the word.
local actions = {
  add = { "ok", "New" }, change = { "wait", "Changed" }, remove = { "warn", "Removed" }, keep = { "none", "Stays" },
  leave = { "none", "Left alone" }, conflict = { "bad", "In the way" },
}

-- ---- values

local function contains(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then return true end
  end
  return false
end

-- Values, each a line: with a sign, and a word for who does not see it, where they come or go.
local function values_of(list, other, sign, word, kind)
  local drawn = {}
  for _, value in ipairs(list or {}) do
    if not contains(other, value) then
      drawn[#drawn + 1] = h.li {
        class = "value " .. word, h.span { class = "sign", aria_hidden = "true", sign },
        h.span { class = "unseen", word == "goes" and "Goes: " or "Comes: " }, h.code { kind .. " " .. value },
      }
    end
  end
  return drawn
end

local changes_something = { add = true, change = true, remove = true, conflict = true }

local function difference(step)
  if not changes_something[step.action] then return nil end
  local others = {}
  for _, other in ipairs(step.others or {}) do others[#others + 1] = values_of(other.values, nil, "−", "goes", other.type) end
  return h.ul {
    class = "difference", others, values_of(step.before, step.after, "−", "goes", step.type),
    values_of(step.after, step.before, "+", "comes", step.type),
  }
end

-- ---- steps

local function consent_of(step, place, data)
  if not step.consent or step.action ~= "conflict" then return nil end
  local id = ("consent-%d"):format(place)
  return h.div {
    class = "tick", h.input {
      id = id, type = "checkbox", name = "consent", value = step.consent, form = not data.url and "agree" or false, required = true,
      aria_describedby = ("step-%d"):format(place), checked = contains(data.consents, step.consent),
    },
    h.label { ["for"] = id, "I agree that this is done" },
  }
end

local function card(step, place, data)
  local action = actions[step.action] or { "none", words.capital(tostring(step.action)) }
  return h.li {
    class = "record plan-step is-" .. action[1],
    h.div {
      class = "record-head", h.h3 {
        id = ("step-%d"):format(place), h.span { class = "type", step.type }, " ", h.code { step.name },
      }, piece.state(action[1], action[2]),
    },
    difference(step), step.text and h.p { step.text } or nil, consent_of(step, place, data),
  }
end

local function still(step)
  return h.li { h.span { class = "type", step.type }, h.code { step.name }, h.p { class = "soft", step.text } }
end

local function part(id, title, lead, list, class)
  return list[1] and h.section {
    id = id, aria_labelledby = id .. "-title", h.h2 { id = id .. "-title", title }, lead and h.p { class = "lead", lead } or nil,
    h.ul { class = class, list },
  } or nil
end

local function steps_of(data)
  local conflicts, changes, rest = {}, {}, {}
  for place, step in ipairs(data.plan.steps) do
    if step.action == "conflict" then
      conflicts[#conflicts + 1] = card(step, place, data)
    elseif changes_something[step.action] then
      changes[#changes + 1] = card(step, place, data)
    else
      rest[#rest + 1] = still(step)
    end
  end
  return {
    part("conflicts", "What wants your consent", "Something of yours is in the way. It goes only where you agree, one by one.", conflicts,
      "steps-list"),
    part("changes", "What is changed", nil, changes, "steps-list"),
    part("rest", "What stays as it is", nil, rest, "plain-steps"),
  }, #conflicts, #changes
end

-- ---- agreeing

local function hidden(data)
  return {
    h.input { type = "hidden", name = "via", value = data.way.via }, h.input { type = "hidden", name = "digest", value = data.digest },
    h.input { type = "hidden", name = "parcel", value = data.parcel },
  }
end

local function agree(page, data)
  local name = data.domain.domain
  local back = h.a { class = "button", href = data.is_undo and setup.to(page, name, "undo") or setup.to(page, name), "Not now" }
  if data.url then
    return h.div {
      class = "buttons", h.a { class = "button primary", href = data.url, rel = "noreferrer", ("Agree at %s"):format(data.way.name) },
      back,
    }
  end
  local text = data.is_undo and "Take it back" or data.changes and "Publish this" or "Keep this access"
  return h.form {
    id = "agree", method = "post", action = setup.to(page, name, data.is_undo and "unpublish" or "publish"), hidden(data),
    h.div { class = "buttons", h.button { type = "submit", class = "button primary", text }, back },
  }
end

local function nothing(page, data)
  return {
    piece.notice("ok", { h.p { data.is_undo and "There is nothing of ours to be taken back."
      or "All that is needed is there already: nothing is to be changed." } }),
    not data.keep and h.p {
      class = "buttons", h.a { class = "button", href = link.to(page.base, "domains", data.domain.domain), "Back to the domain" },
    } or nil,
  }
end

local function zones_of(plan)
  local zones, seen = {}, {}
  for _, step in ipairs(plan.steps) do
    if step.zone and not seen[step.zone] then
      zones[#zones + 1], seen[step.zone] = step.zone, true
    end
  end
  return zones
end

local function lead(data)
  local zones = zones_of(data.plan)
  return h.p {
    class = "lead", "This is what we would do at ", h.b { data.way.name }, zones[1] and ", in the zone " .. words.list(zones) or nil,
    ". Nothing has been changed yet.",
  }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `domain`: as of `tenant:get`; `way`: `via` and `name`
-- - `plan`: as of `tenant:plan`; `is_undo`: true where it takes back
-- - `digest`, `parcel`: what the form carries: which plan is agreed to, and, sealed, what it was made with
-- - `url`: where somebody has to agree, at the DNS host, in place of here
-- - `keep`: true where the access is to be kept
-- - `consents`: what was ticked; `problem`: what stood against it
-- @treturn string
function M.draw(page, data)
  local drawn, conflicts, changes = steps_of(data)
  local title = data.is_undo and "Taking it back: look before you agree" or "Look before you agree"
  data.changes = conflicts + changes > 0
  local ends = data.changes and agree(page, data) or { nothing(page, data), data.keep and agree(page, data) or nil }
  return layout.page(page, { title = title, place = "domain", class = "narrow plan" }, {
    setup.path(page, data.domain), h.h1 { title }, data.problem and piece.notice("bad", { h.p { data.problem } }) or nil, lead(data),
    drawn, ends,
  })
end

return M
