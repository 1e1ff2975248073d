--- On a domain's page: that it can be set up without a hand touching DNS, where it can; and what was set up so, with the way to take it
-- back.
-- @module mailseal.web.offer
local h = require "mailseal.web.html"
local headline = require "mailseal.web.headline"
local piece = require "mailseal.web.piece"
local setup = require "mailseal.web.setup"
local words = require "mailseal.web.words"

local M = {}

-- ---- what may be done

local function is_wanted(data)
  return data.domain.status ~= "failed" and headline.tally(data.domain).open > 0
end

-- Where it is not known that there is a way for the host, it may still be that a name server is one's own.
local function offered(page, data)
  local host, name = data.host, data.domain.domain
  local to = setup.to(page, name)
  if data.is_kept or host and data.is_automatic then
    return h.section {
      class = "panel offer", id = "offer", data_part = true, aria_labelledby = "offer-title",
      h.div {
        h.h2 { id = "offer-title", host and ("Your domain is hosted at %s"):format(host.name) or "Your DNS can be set up for you" },
        h.p { "Nothing has to be copied: you see what is to be changed, and agree." },
      },
      h.a { class = "button primary", href = to, "Set up for me" },
    }
  end
  return h.p { class = "soft offer-line", id = "offer", data_part = true, h.a { href = to, "Have the records published for you" } }
end

-- ---- what was done

local tones = { done = "ok", failed = "bad", under_way = "wait", settled = "warn" }

local titles = {
  publish = "Published", undo = "Taken back", keys = "New keys published", connect = "DNS host asked to set records",
}

local function counts(publication) return words.count(#(publication.records or {}), "record") end

local state_words = {
  under_way = "under way", failed = "it failed", settled = "cut short, and put in order",
}

local function item(page, publication, names)
  local title = titles[publication.purpose] or words.capital(words.plain(tostring(publication.purpose)))
  local state = state_words[publication.state]
    or publication.shown == false and "not every name server shows it yet" or nil
  return h.li {
    class = "is-" .. (tones[publication.state] or "none"),
    h.p { piece.state(tones[publication.state] or "none", title), " ", counts(publication), state and ": " .. state or nil },
    publication.problem and h.p { words.capital(publication.problem), "." } or nil,
    h.p {
      class = "soft", piece.moment(publication.begun_at, page.now), " at ", names[publication.via] or publication.via,
      publication.actor and ", by " .. publication.actor or nil,
    },
  }
end

--- Draws what may be done.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data as of `mailseal.web.domain`: `domain`, `host`; `can_publish`: is there that which publishes?; `is_automatic`: is
--   there a way for its DNS host?; `is_kept`: is an access kept?
-- @treturn table HTML
function M.offer(page, data)
  if not data.can_publish or not is_wanted(data) then return h.div { id = "offer", data_part = true } end
  return offered(page, data)
end

--- Draws what was done.
-- @tparam table page
-- @tparam table data as of `mailseal.web.domain`: `publications`, the newest first; `way_names`, by way; `is_published`: is something of
--   ours there still?
-- @treturn table HTML
function M.history(page, data)
  local items = {}
  for i, publication in ipairs(data.publications or {}) do items[i] = item(page, publication, data.way_names or {}) end
  if not items[1] then return h.div { id = "published", data_part = true } end
  return h.section {
    id = "published", data_part = true, aria_labelledby = "published-title", h.h2 { id = "published-title", "Set up by us" },
    h.ul { class = "plain-steps", items },
    data.is_published and h.p { h.a { class = "button", href = setup.to(page, data.domain.domain, "undo"), "Take it back" } } or nil,
  }
end

return M
