--- What was written into the texts of a body: a footer at their ends, a banner at their beginnings.
--
-- A program that adds its words to a message with several forms of one text (multipart/alternative) adds them to each. So
-- wherever words may begin or end, they are cut out, of each text and of none, all combinations: with few places, and
-- two texts, those are some hundreds.
--
-- See `mailseal.check.message.body`, whose changes these are.
-- @module mailseal.check.message.body_inside
local mime = require "mailseal.check.message.mime"
local quote = require "mailseal.check.message.quote"

local M = {}
local unpack = table.unpack or unpack -- luacheck: ignore

-- Texts that are looked into, multiparts in multiparts, parts of each.
local TEXTS, DEPTH, PARTS = 2, 3, 6
-- Paragraphs at the end of a text that may be a footer, and how far from its end they are looked for; lines above it that may be a banner.
local PARAGRAPHS, FOOTER, LINES = 6, 8192, 20

-- ---- The texts.

local function is_text(fields)
  local kind = mime.field(fields, "content-type")
  return not kind or kind:lower():find "^text/" ~= nil
end

-- Adds the texts between two places of a body; the line end before a delimiter belongs to that.
local function add_texts(list, body, fields, from, to, depth)
  local boundary = mime.boundary(fields)
  if not boundary and is_text(fields) and #list < TEXTS then
    list[#list + 1] = { from = from, to = body:sub(to - 1, to) == "\r\n" and to - 2 or to }
  elseif boundary and depth > 0 then
    local whole = body:sub(from, to)
    for _, part in ipairs(mime.parts(whole, mime.delimiters(whole, boundary), PARTS)) do
      add_texts(list, body, part.fields, from - 1 + part.from, from - 1 + part.to, depth - 1)
    end
  end
  return list
end

-- ---- The places. A choice is what to cut out of a text: behind the octet `head`, in front of the octet `tail`; and what stood there.

local function uncut(text)
  return { head = #text, tail = #text + 1, ending = "" }
end

-- Where lines end behind which a footer may begin: an empty line follows, or one of dashes or the like.
local function paragraph_ends(text, to)
  local places, start = {}, math.max(0, to - FOOTER)
  for stop, behind in text:sub(start + 1, to):gmatch "[^\n]()\r\n()" do
    stop, behind = start + stop - 1, start + behind
    if text:find("^[ \t]*\r\n", behind) or text:find("^[%-_=*#~][%-_=*#~]+[ \t]*\r", behind) then
      places[#places + 1] = stop
    end
  end
  return places
end

-- Empty lines that may have stood at the end of the text, besides those that the footer brought along.
local ends = { "", "\r\n", "\r\n\r\n" }

-- Footers that end in front of `tail`.
local function add_footers(choices, text, tail)
  local places = paragraph_ends(text, tail - 1)
  for i = #places, math.max(1, #places - PARAGRAPHS + 1), -1 do
    for _, ending in ipairs(ends) do
      choices[#choices + 1] = { head = places[i], tail = tail, ending = ending }
    end
  end
end

-- In HTML, a footer may stand in front of the end of what is shown.
local function footers(text)
  local choices = { uncut(text) }
  add_footers(choices, text, #text + 1)
  local shown = text:find("</[bB][oO][dD][yY]>", math.max(1, #text - FOOTER))
  if shown then
    add_footers(choices, text, shown)
  end
  return choices
end

local function banners(text)
  local choices, position = { uncut(text) }, 1
  for _ = 1, LINES do
    local stop = text:find("\n", position, true)
    if not stop then
      break
    end
    choices[#choices + 1] = { head = 0, tail = stop + 1, ending = "" }
    position = stop + 1
  end
  return choices
end

-- ---- The search.

-- Tries each choice for the texts from number `i` on; `built` is the body in front of them, out of which `cuts` are cut. Where it holds,
-- the cuts, and how much shorter the body was.
local function combine(trial, texts, i, built, cuts)
  if not trial:affords_body(#trial.body) then
    return nil
  end
  local text, behind = texts[i], i > 1 and texts[i - 1].to + 1 or 1
  if not text then
    local whole = #cuts > 0 and built .. trial.body:sub(behind)
    if whole and trial:body_holds(whole) then
      return cuts, #trial.body - #whole
    end
    return nil
  end
  for _, choice in ipairs(text.choices) do
    local head, tail = text.from + choice.head - 1, text.from + choice.tail - 1
    local cut = tail > head + 1 and { unpack(cuts) } or cuts
    if cut ~= cuts then
      cut[#cut + 1] = trial.body:sub(head + 1, tail - 1)
    end
    local kept = trial.body:sub(behind, head) .. choice.ending .. trial.body:sub(tail, text.to)
    local found, octets = combine(trial, texts, i + 1, built .. kept, cut)
    if found then
      return found, octets
    end
  end
end

local function search(trial, texts, choices_of)
  for _, text in ipairs(texts) do
    text.choices = choices_of(trial.body:sub(text.from, text.to))
  end
  return combine(trial, texts, 1, "", {})
end

local ways = { { kind = "footer", choices = footers }, { kind = "banner", choices = banners } }

--- What was written into the texts.
-- @tparam table trial see `mailseal.check.message.trial`
-- @treturn ?table the change; nil where it cannot be told
function M.explain(trial)
  if not trial:affords_body(#trial.body) then
    return nil
  end
  local texts, where = add_texts({}, trial.body, trial.fields, 1, #trial.body, DEPTH), nil
  for _, way in ipairs(ways) do
    local cuts, octets = search(trial, texts, way.choices)
    if cuts and mime.boundary(trial.fields) then
      where = #cuts == 1 and "inside a part" or ("inside %d parts"):format(#cuts)
    end
    if cuts then
      return { part = "body", kind = way.kind, octets = octets, found = quote.beginning(cuts[1]), where = where }
    end
  end
end

return M
