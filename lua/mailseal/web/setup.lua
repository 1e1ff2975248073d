--- The page of setting a domain's DNS up without entering records by hand: the ways that there are, the easiest first, and what each wants
-- to know. The way by hand stands last, and always.
--
-- What was typed into a field that is secret is never shown again.
-- @module mailseal.web.setup
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"
local words = require "mailseal.web.words"

local M = {}

local CONNECT, ANY = "domain-connect", "rfc2136"

--- Where on the page of a domain's set-up something is.
-- @tparam table page see `mailseal.web.layout`
-- @tparam string domain
-- @tparam string ... further segments
-- @treturn string
function M.to(page, domain, ...) return link.to(page.base, "domains", domain, "setup", ...) end

-- ---- fields

local function field_of(way, field, data, is_secret)
  local id = ("%s-%s"):format(way.via, field.name)
  local given = not is_secret and data.via == way.via and (data.given or {})[field.name] or nil
  local about = {
    id = id, name = (is_secret and "credential." or "setting.") .. field.name, required = field.required and not way.kept or false,
    -- A browser heeds "off" of no password, and would fill in the one that it has for this site.
    autocomplete = is_secret and "new-password" or "off", autocapitalize = "none", spellcheck = "false",
    type = is_secret and "password" or "text", value = given or false,
  }
  return h.div {
    class = "field", h.label { ["for"] = id, words.capital(field.text), not field.required and h.span { class = "soft", " (optional)" } },
    h.input(about),
  }
end

local function fields_of(way, data)
  local list = {}
  for _, field in ipairs(way.settings) do list[#list + 1] = field_of(way, field, data, false) end
  for _, field in ipairs(way.credentials) do list[#list + 1] = field_of(way, field, data, true) end
  return list
end

local keep_words = "Keep this access, sealed, so that new keys are published by themselves. It can be forgotten at any time."

local function tick(id, name, value, text)
  return h.div {
    class = "tick", h.input { id = id, type = "checkbox", name = name, value = value }, h.label { ["for"] = id, text },
  }
end

-- ---- one way

-- A form that leads to the plan: it changes nothing.
local function form(page, way, data, content, text)
  return h.form {
    method = "post", action = M.to(page, data.domain.domain, data.is_undo and "undo" or "plan"), class = "way-form",
    h.input { type = "hidden", name = "via", value = way.via }, content,
    h.div { class = "buttons", h.button { type = "submit", class = "button primary", text } },
  }
end

local LOOK = "Show what would be changed"

local function of_kept(page, way, data)
  return {
    h.p { "You have let us keep an access to ", h.b { way.name }, ": nothing has to be typed." }, form(page, way, data, nil, LOOK),
    h.details {
      h.summary { "Forget this access" }, piece.button {
        action = M.to(page, data.domain.domain, "forget"), text = "Forget the access to " .. way.name, class = "button small danger",
        fields = { via = way.via },
      },
    },
  }
end

local function of_connect(page, way, data)
  return {
    h.p {
      h.b { way.name }, " can enter the records itself: you sign in there, look at what is changed, and agree. We never see your password.",
    },
    form(page, way, data, nil, LOOK),
  }
end

local function of_access(page, way, data)
  return {
    way.via == ANY and h.p {
      "For name servers that take signed changes: the key is the one that their configuration lets change the zone.",
    } or nil,
    h.p { class = "soft", "What you type here is used this once, and kept nowhere unless you ask for it." },
    form(page, way, data, {
      fields_of(way, data), not data.is_undo and tick("keep-" .. way.via, "keep", "true", keep_words) or nil,
    }, LOOK),
  }
end

local function content_of(page, way, data)
  if way.kept then return of_kept(page, way, data) end
  return (way.via == CONNECT and of_connect or of_access)(page, way, data)
end

local function title_of(way)
  if way.kept then return "With the access that is kept" end
  if way.via == CONNECT then return ("Agree at %s"):format(way.name) end
  if way.via == ANY then return "With a TSIG key, at name servers of your own" end
  return ("With an access to %s"):format(way.name)
end

-- ---- all of them

local function section(page, way, data)
  return h.section {
    class = "panel way", id = "way-" .. way.via, aria_labelledby = "title-" .. way.via, h.h2 { id = "title-" .. way.via, title_of(way) },
    content_of(page, way, data),
  }
end

-- What is less likely is there, and does not stand in the way: each opens by itself. Where nothing else is offered, they are the choice.
local function aside(page, list, data, is_all)
  local drawn, is_open = {}, is_all
  for i, way in ipairs(list) do
    local is_tried = data.via == way.via
    drawn[i] = h.details {
      class = "panel way", id = "way-" .. way.via, open = is_tried, h.summary { h.h2 { title_of(way) } }, content_of(page, way, data),
    }
    is_open = is_open or is_tried
  end
  return drawn[1] and h.details {
    class = "ways-aside", open = is_open, h.summary { is_all and not data.host and "The ways that there are" or "Other ways" }, drawn,
  } or nil
end

-- A way is a likely one where it is kept, or goes with the domain's own DNS host; without such, those of any.
local function sort(data)
  local likely, others = {}, {}
  for _, way in ipairs(data.ways) do
    if way.automatic then
      local suits = way.kept or way.is_used or way.via == CONNECT or data.host and way.host == data.host.id
      table.insert(suits and likely or others, way)
    end
  end
  return likely, others
end

local function by_hand(page, data)
  local name = data.domain.domain
  return h.section {
    class = "panel way", id = "way-manual", aria_labelledby = "title-manual", h.h2 { id = "title-manual", "By hand" },
    h.p { "Enter the records yourself, as the form of your DNS host wants them, or send a letter to whoever runs the DNS." },
    h.p { h.a { class = "button", href = link.to(page.base, "domains", name) .. "#required", "Show the records" } },
  }
end

local function lead(data)
  local host = data.host
  if data.is_undo and not data.ways[1] then return "Nothing was published for this domain that could be taken back." end
  if data.is_undo then return "We take back what we have published for this domain, and only that. What others have changed stays." end
  if not host then return "We do not know who hosts this domain's DNS. If you do, choose below." end
  return ("Your domain is hosted at %s. Nothing is changed before you have seen it and agreed."):format(host.name)
end

local function problem_of(page, data)
  local at = data.retry_at
  return data.problem and piece.notice("bad", {
    h.p { data.problem, at and at > page.now and { " A new attempt can make sense at ", piece.moment(at, page.now), "." } or nil },
  }) or nil
end

--- The way back, above the title.
-- @tparam table page
-- @tparam table domain
-- @treturn table HTML
function M.path(page, domain)
  return h.p { class = "path", h.a { href = link.to(page.base, "domains", domain.domain), domain.unicode or domain.domain } }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `domain`: as of `tenant:get`; `host`: the rule of its DNS host, nil where none is known
-- - `ways`: as of `mailseal.publish.ways`
-- - `is_undo`: true where what was published is to be taken back, by one of the `ways` by which it was (`is_used`)
-- - `via`, `given`: the way that was tried, and the settings that were typed; `problem`, `retry_at`: what stood against it
-- @treturn string
function M.draw(page, data)
  local likely, others = sort(data)
  local drawn = {}
  for i, way in ipairs(likely) do drawn[i] = section(page, way, data) end
  local title = data.is_undo and "Take back what we published" or "Set up for me"
  return layout.page(page, { title = title, place = "domain", class = "narrow setup" }, {
    M.path(page, data.domain), h.h1 { title }, problem_of(page, data), h.p { class = "lead", lead(data) }, drawn,
    not likely[1] and data.host and not data.is_undo and h.p { class = "soft", icon.state "none", " ", data.host.name,
      " offers no way that we know of: enter the records by hand, or choose another way below." } or nil,
    not data.is_undo and likely[1] and by_hand(page, data) or nil, aside(page, others, data, not likely[1]),
    not data.is_undo and not likely[1] and by_hand(page, data) or nil,
  })
end

return M
