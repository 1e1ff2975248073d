--- The page of a domain.
-- @module mailseal.web.domain
local aside = require "mailseal.web.domain_aside"
local h = require "mailseal.web.html"
local headline = require "mailseal.web.headline"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local more = require "mailseal.web.domain_more"
local piece = require "mailseal.web.piece"
local records = require "mailseal.web.record"
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

-- ---- What is to be done.

local buttons = {
  verify = { "Check now", "Asking DNS…" }, restart = { "Start again", "Starting again…" },
  enable = { "Switch sending on", "Switching on…" },
}

-- What is to be done stands out. Where nothing is, looking again may be done.
local function action_of(page, domain, action)
  local name = action or "verify"
  local text = buttons[name]
  return piece.button {
    action = link.to(page.base, "domains", domain.domain, name), text = text[1], busy = text[2], live = true,
    class = action and "button primary" or "button",
  }
end

-- What an embedder lets be done besides.
local function offers(page, data)
  local list = {}
  for i, action in ipairs(data.actions or {}) do
    list[i] = h.li {
      action.text and h.p { action.text } or nil,
      piece.button { action = link.to(page.base, "domains", data.domain.domain, "actions", action.id), text = action.label, live = true },
    }
  end
  return list[1] and h.ul { class = "panel offers", id = "offers", data_part = true, list }
    or h.div { id = "offers", data_part = true }
end

-- When it was looked at, and is again.
local function watch_line(page, domain)
  local list = {}
  if domain.checked_at then
    list[1] = { "Looked at ", piece.moment(domain.checked_at, page.now), ". " }
  end
  local at = domain.status ~= "failed" and domain.next_check_at
  if at then
    list[2] = at > page.now and { "Next look at ", piece.moment(at, page.now), "." } or "The next look is due now."
  end
  return list
end

local function panel(page, data)
  local domain = data.domain
  local told = headline.of(domain, data.host and data.host.name)
  return h.section {
    class = "headline is-" .. told.tone, id = "headline", data_part = true, aria_labelledby = "headline-title", icon.state(told.tone),
    h.div {
      h.h2 { id = "headline-title", told.title }, h.p { told.text },
      h.p { class = "soft", watch_line(page, domain) },
    },
    action_of(page, domain, told.action),
  }
end

-- ---- Records.

-- The findings by the record that they are about; and those that are about none that is open.
local function sort_findings(domain)
  local of, others = {}, {}
  for _, finding in ipairs(domain.findings or {}) do
    local list = others
    for _, record in ipairs(domain.records) do
      if record.status ~= "found" and status.is_about(finding, record) then
        of[record.id] = of[record.id] or {}
        list = of[record.id]
        break
      end
    end
    list[#list + 1] = finding
  end
  return of, others
end

local function how_to(host, notes)
  local list = {}
  for i, note in ipairs(notes) do
    list[i] = h.li { note }
  end
  local help = host and piece.outside(host.help, "How to add a record at " .. host.name)
  return (list[1] or help) and h.div {
    class = "how-to", list[1] and h.ul { class = "notes", list } or nil, help and h.p { help } or nil,
  } or nil
end

local function section(id, title, lead, cards)
  return cards[1] and h.section {
    class = "records", id = id, data_part = true, aria_labelledby = id .. "-title", h.h2 { id = id .. "-title", title }, lead, cards,
  } or nil
end

local function place_words(data)
  local host, domain = data.host, data.domain
  local zone = (data.open[1] or domain.records[1] or { host = {} }).host.zone
  if host then
    return { "The DNS of ", h.b { zone or domain.domain }, " is at ", h.b { host.name }, ". The fields below are named as they are there." }
  end
  return { "Enter them where the DNS of ", h.b { zone or domain.domain }, " is managed. The fields may be named otherwise there." }
end

local function sections(page, data)
  local domain = data.domain
  local required, optional, found = records.sort(domain)
  data.open = required[1] and required or optional
  local notes, common = records.common(data.open)
  local findings, others = sort_findings(domain)
  local titles, zone = records.titles(domain.records), (domain.records[1] or { host = {} }).host.zone
  local function cards(list, draw)
    local drawn = {}
    for i, record in ipairs(list) do
      drawn[i] = draw(domain, record, {
        title = titles[record.id], findings = findings[record.id], host_name = data.host and data.host.name, zone = zone, common = common,
        now = page.now,
      })
    end
    return drawn
  end
  local lead = { h.p { class = "lead", place_words(data) }, how_to(data.host, notes) }
  local to_publish = (domain.negatives or 0) > 0 and "Records to publish again" or "Records to publish"
  return {
    section("required", to_publish, lead, cards(required, records.card)),
    section("optional", "Recommended", { h.p { class = "lead", "Mail goes without them, and is trusted more with them." },
      not required[1] and how_to(data.host, notes) or nil }, cards(optional, records.card)),
    section("found", "In place", nil, cards(found, records.done)),
  }, others
end

local function finding_item(finding)
  return h.li {
    class = "finding is-" .. status.finding(finding), h.p { class = "cause", finding.message },
    finding.fix and h.p { class = "cure", h.b { "What to do: " }, finding.fix } or nil,
  }
end

local function also_noticed(list)
  local items = {}
  for i, finding in ipairs(list) do
    items[i] = finding_item(finding)
  end
  return items[1] and h.section {
    class = "others", id = "others", data_part = true, aria_labelledby = "others-title", h.h2 { id = "others-title", "Also noticed" },
    h.ul { class = "findings", items },
  } or nil
end

local function advice(domain)
  local items = {}
  for i, one in ipairs(domain.advice or {}) do
    items[i] = h.li { words.capital(one.text) }
  end
  return items[1] and domain.status ~= "verified" and h.section {
    class = "advice", aria_labelledby = "advice-title", h.h2 { id = "advice-title", "Good to know" }, h.ul { items },
  } or nil
end

-- ---- The whole.

-- What stood against what was tried last.
local function problem_of(page, data)
  local at = data.retry_at
  return h.div {
    id = "problem", data_part = true, data.problem and piece.notice("bad", {
      h.p { data.problem, at and at > page.now and { " A new look can make sense at ", piece.moment(at, page.now), "." } or nil },
    }) or nil,
  }
end

local function title_of(page, data)
  local domain = data.domain
  local tone, word = status.domain(domain)
  local name = domain.unicode or domain.domain
  return {
    h.p { class = "path", h.a { href = page.base, "Domains" } },
    h.div {
      class = "heading", h.h1 { class = "name", name, name ~= domain.domain and h.code { class = "soft", domain.domain } or nil },
      h.span { id = "status", data_part = true, piece.state(tone, word, "large") },
    },
  }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `domain`: as of `tenant:get`
-- - `provider_name`; `host`: the rule of its DNS host, nil where none is known
-- - `events`: of the domain, the newest first; `older`: are there more?
-- - `keys`, `users`: as of `tenant:keys`, `tenant:users`; `held`: as of `tenant:held`, and `held_more`: is that not all?
-- - `health`: as of `tenant:health`; `series`: a series of `tenant:health_series` (`slots`, `step`)
-- - `actions`: what may be done besides, a list of `id`, `label` and `text`
-- - `problem`: what stood against what was tried last; `retry_at`: when trying again makes sense
-- @treturn string
function M.draw(page, data)
  local domain = data.domain
  local drawn, others = sections(page, data)
  return layout.page(page, {
    title = domain.unicode or domain.domain, place = "domain", class = "domain", watch = domain.domain,
    next_at = domain.status ~= "failed" and domain.next_check_at or nil,
  }, {
    title_of(page, data), problem_of(page, data), panel(page, data),
    offers(page, data), h.div {
      class = "columns", h.div { class = "main-column", id = "records", data_part = true, drawn, also_noticed(others), advice(domain) },
      aside.draw(page, data),
    },
    more.draw(page, data),
  })
end

return M
