--- Beside a domain's records: what is known of it, its health, whether it sends, and handing its records over.
-- @module mailseal.web.domain_aside
local formats = require "mailseal.handover".FORMATS
local h = require "mailseal.web.html"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"
local spark = require "mailseal.web.spark"
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

local function block(id, title, content)
  return h.section {
    class = "panel", id = id, data_part = true, aria_labelledby = id .. "-title", h.h2 { id = id .. "-title", title }, content,
  }
end

-- ---- Facts.

local function dns_words(data)
  local domain, host = data.domain, data.host
  if not domain.zone then
    return h.span { class = "soft", "Not looked at yet" }
  end
  local name = host and host.name or "A host that we do not know"
  return { name, h.span { class = "soft", "zone ", h.code { domain.zone } } }
end

local function moment(at, page) return at and piece.moment(at, page.now) or nil end

-- Who is still waiting for somebody else may have the whole time anew.
local function more_time(page, domain)
  return h.details {
    h.summary { "Need more time?" },
    piece.button {
      action = link.to(page.base, "domains", domain.domain, "restart"), text = "Begin the wait anew", live = true,
    },
  }
end

local function facts(page, data)
  local domain = data.domain
  local waits = domain.status == "pending" and domain.window_ends
  return block("facts", "At a glance", { h.dl {
    class = "facts",
    piece.fact("Mail sent by", data.provider_name), piece.fact("DNS at", dns_words(data)),
    piece.fact("Ownership", domain.owned and "Proven" or "Not proven yet"),
    piece.fact("We wait until", moment(waits, page)), piece.fact("Last look", moment(domain.checked_at, page)),
    piece.fact("Next look", domain.status ~= "failed" and moment(domain.next_check_at, page) or nil),
    piece.fact(status.word(domain.status) .. " since", moment(domain.status_since, page)),
    piece.fact("Added", moment(domain.created_at, page)),
  }, waits and more_time(page, domain) or nil })
end

-- ---- Health.

local function legend(sums, policy)
  return h.dl {
    class = "legend",
    h.div { class = "of-bounces", h.dt { "Bounces" }, h.dd { words.rate(sums.bounce_rate), h.span { class = "soft", "critical at ",
      words.rate(policy.bounce_critical) } } },
    h.div { class = "of-complaints", h.dt { "Complaints" }, h.dd { words.rate(sums.complaint_rate), h.span { class = "soft", "critical at ",
      words.rate(policy.complaint_critical) } } },
  }
end

local function health(page, data)
  local told, domain = data.health, data.domain
  local tone, word = status.health(domain)
  if not told or not data.series or told.delivered + told.bounced + told.complained == 0 then
    return block("health", "Health", h.p { class = "soft", "Nothing was reported as sent in the last 7 days." })
  end
  local sums = spark.sums(data.series)
  return block("health", "Health", {
    piece.state(tone, word), h.figure {
      class = "chart", spark.draw(data.series, told.policy, { width = 280, height = 84 }),
      h.figcaption { h.span { piece.moment(data.series.from, page.now) }, h.span { "now" } },
    },
    legend(sums, told.policy),
    h.p { class = "soft", words.capital(words.count(told.delivered, "message")), " delivered in 7 days, ",
      words.count(told.last_hour or 0, "message"), " sent in the last hour." },
  })
end

-- ---- Sending.

local function sending(page, data)
  local domain = data.domain
  local function to(action) return link.to(page.base, "domains", domain.domain, action) end
  if not domain.enabled then
    return block("sending", "Sending", {
      h.p { "Paused. Mail that comes meanwhile is held." },
      piece.button { action = to "enable", text = "Switch sending on", busy = "Switching on…", live = true },
    })
  end
  local reason = h.div {
    class = "field", h.label { ["for"] = "reason", "Why (for the history)" },
    h.input { id = "reason", name = "reason", type = "text", maxlength = 250 },
  }
  return block("sending", "Sending", {
    h.p { domain.status == "verified" and "Mail from this domain may go." or "Mail is held until the domain is verified." },
    h.details {
      h.summary { "Pause sending" },
      piece.button { action = to "disable", text = "Pause sending", busy = "Pausing…", also = reason, live = true },
    },
  })
end

-- ---- Handing over.

-- The zones that the records go into, in their order.
local function zones_of(domain)
  local list, seen = {}, {}
  for _, record in ipairs(domain.records) do
    local zone = record.host.zone
    if not seen[zone] then
      list[#list + 1], seen[zone] = zone, true
    end
  end
  return list
end

local names = {
  bind = "Zone file (BIND)", csv = "Table (CSV)", terraform = "Terraform", dnscontrol = "DNSControl", octodns = "octoDNS",
  letter = "Letter (text)", html = "Letter (HTML)",
}
local is_letter = { letter = true, html = true }

local function downloads(page, domain, zone)
  local letters, files = {}, {}
  for _, format in ipairs(formats) do
    local address = link.query(link.to(page.base, "domains", domain.domain, "records." .. format.extension), {
      { "format", format.id }, { "zone", zone },
    })
    local item = h.li { h.a { href = address, download = not is_letter[format.id], names[format.id] or format.name } }
    local list = is_letter[format.id] and letters or files
    list[#list + 1] = item
  end
  return {
    zone and h.h3 { "Zone ", h.code { zone } } or nil, h.ul { class = "downloads", letters }, h.ul { class = "downloads", files },
  }
end

local function hand_over(page, data)
  local zones, content = zones_of(data.domain), {}
  for i, zone in ipairs(zones) do
    content[i] = downloads(page, data.domain, #zones > 1 and zone or nil)
  end
  return block("hand-over", "Hand it over", {
    h.p { "Does somebody else run the DNS? Send a letter that says what to enter, or a file for their tools." }, content,
  })
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data as of `mailseal.web.domain`
-- @treturn table HTML
function M.draw(page, data)
  return h.aside {
    class = "side-column", aria_label = "About this domain",
    facts(page, data), health(page, data), hand_over(page, data), sending(page, data),
  }
end

return M
