--- The letter to whoever runs a domain's DNS, as data: what it says, before it is set as text or as HTML.
--
-- It says what to add and what to leave alone, shows each field as the DNS host's own form calls it where the host is known, and never
-- lets a second SPF or DMARC record come of it.
-- @module mailseal.handover.letter
local hosts = require "mailseal.handover.letter_host"
local plans = require "mailseal.handover.plan"
local printable = require "mailseal.printable"
local record = require "mailseal.record"
local words = require "mailseal.handover.words"

local M = {}

local line = printable.line

-- ---- One record.

-- Where it does not stand as it is wanted: what is to be done about that.
local to_do = {
  mismatch = "Another value is published at this name: put this one in its place.",
  migrating = "The value of an earlier set-up is published at this name: put this one in its place.",
  conflicting = "Something else is published at this name that keeps this record from working: leave this record alone there.",
  propagating = "Some of the name servers have it already: it may have been added a moment ago.",
}

local function generic_fields(entries, zone)
  local first = entries[1]
  local fields = {
    { "Type", first.type },
    { "Name", ("%s (in the zone %s: %s)"):format(first.name, zone, first.prefix == "" and "@" or first.prefix) },
  }
  for _, entry in ipairs(entries) do
    if entry.data.preference then
      fields[#fields + 1] = { "Priority", ("%d"):format(entry.data.preference) }
    end
    fields[#fields + 1] = { "Value", entry.data.text or entry.data.target }
  end
  return fields
end

-- A text as the host wants it typed, which was rendered for another one.
local function typed(text, rendered)
  return tostring(rendered):find '^"' and record.quote(record.split(text)) or text
end

-- The fields of the host's own form; nil where the host is not known.
local function host_fields(entries)
  local entry = entries[1]
  local host = hosts.of(entry.given)
  if not host or type(host.fields) ~= "table" or #host.fields == 0 then
    return nil
  end
  local fields = {}
  for _, field in ipairs(host.fields) do
    local value = field.value
    if entry.state and field.key == "value" then
      value = typed(entry.data.text, value)
    end
    fields[#fields + 1] = value ~= nil and { tostring(field.label), tostring(value) } or nil
  end
  return fields
end

local function remarks_of(entry, common)
  local list = { to_do[entry.given.status] }
  for _, remarks in ipairs { words.remarks(entry.given, entry.state), hosts.remarks(entry.given, common) } do
    for _, remark in ipairs(remarks) do
      list[#list + 1] = remark
    end
  end
  return list
end

-- The entries of one record.
local function record_block(entries, number, zone, common)
  local entry = entries[1]
  local fields = host_fields(entries) or generic_fields(entries, zone)
  for _, field in ipairs(fields) do
    field[1], field[2] = line(field[1]), line(field[2])
  end
  local required = entry.given.required == false and "optional" or "required"
  local purpose = words.purpose(entry.given)
  local help = hosts.help(entry.given)
  return {
    kind = "record", number = number,
    title = ("%d. %s record, %s%s"):format(number, entry.type, required, purpose ~= "" and ": " .. purpose or ""),
    fields = fields, remarks = remarks_of(entry, common), help = help ~= common.help and help or nil,
  }
end

-- ---- The whole.

local function is_done(entry)
  return entry.state == "kept" or entry.given.status == "found"
end

local function moment(seconds)
  return (os.date("!%d %B %Y, %H:%M UTC", math.floor(seconds)):gsub("^0", ""))
end

local function paragraph(text)
  return { kind = "paragraph", text = text }
end

local function opening(about, count)
  local who = about.asked_by and line(about.asked_by) or "We"
  local at = about.host_name and ", at " .. line(about.host_name) or ""
  local what = count == 1 and "the DNS record below is" or "the DNS records below are"
  local text = ("%s would like to send mail as %s. For that, %s needed in the DNS zone %s%s."):format(
    who, line(about.domain), what, line(about.zone), at)
  if about.deadline then
    text = text .. (" Please add %s before %s: later, the set-up has to be started again."):format(
      count == 1 and "it" or "them", moment(about.deadline))
  end
  return text
end

-- What is right already: the names of it.
local function done_items(done)
  local items = {}
  for i, given in ipairs(done) do
    items[i] = ("%s %s"):format(given.type, line(given.name))
  end
  return items
end

-- What is not to be touched where records are added; those that are there already are to stay.
local function leave_alone(open, about)
  local items, spf, dmarc, at_apex = {}, {}, {}, false
  for _, entries in ipairs(open) do
    local entry = entries[1]
    at_apex = at_apex or entry.prefix == ""
    if plans.is_spf(entry.given) then spf[entry.name] = true end
    if plans.is_dmarc(entry.given) then dmarc[entry.name] = true end
  end
  items[#items + 1] = "The domain's name servers, its addresses (A, AAAA) and its own MX records stay as they are."
  items[#items + 1] = "DKIM keys under other names (…._domainkey) belong to other senders: leave them."
  items[#items + 1] = "Other TXT records stay, also those at the same name where nothing else is said: a TXT record is added beside them."
  for _, name in ipairs(M.sorted(spf)) do
    items[#items + 1] = ("SPF: %s has one TXT record at most that begins with v=spf1. If there is one, do not add a second: put what is "
      .. "new (the include:) into it, in front of its last word."):format(line(name))
  end
  for _, name in ipairs(M.sorted(dmarc)) do
    items[#items + 1] = ("If a TXT record that begins with v=DMARC1 is at %s already, keep it and do not add a second."):format(line(name))
  end
  if not at_apex then
    items[#items + 1] = ("The records of %s itself are not touched."):format(line(about.zone))
  end
  return items
end

-- What holds for most forms, where the host is not known.
local how_to = {
  "Most forms add the zone's name to what is typed as the name: type the short one there, or the name is doubled.",
  "Values go in as they are here, without quotes around them, in one piece and without line breaks.",
  "A CNAME is not to be proxied or flattened (at Cloudflare: \"DNS only\").",
  "The TTL may stay at what the form suggests.",
}

--- The keys of a set, sorted.
-- @tparam table set
-- @treturn {string,...}
function M.sorted(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

-- The end: what happens next, whom to ask, and who writes.
local function close(blocks, about, is_open)
  local text = is_open
    and "There is no need to tell us when it is done: we look for the records from time to time, and see when they are there."
    or "We go on looking at the records from time to time."
  if about.answer_to then
    text = ("%s If anything is unclear or cannot be done, please write to %s."):format(text, line(about.answer_to))
  end
  blocks[#blocks + 1] = paragraph(text)
  blocks[#blocks + 1] = paragraph "Thank you, and kind regards"
  if about.asked_by then
    blocks[#blocks + 1] = paragraph(line(about.asked_by))
  end
end

-- The records that are still to be entered, each a list of its entries; those that are right; and those whose values are to come.
local function split(plan)
  local open, done, to_come, by_record = {}, {}, {}, {}
  for _, entry in ipairs(plan.entries) do
    local list = by_record[entry.given]
    if is_done(entry) then
      done[#done + 1] = entry.given
    elseif list then
      list[#list + 1] = entry
    else
      list = { entry }
      by_record[entry.given], open[#open + 1] = list, list
    end
  end
  for _, given in ipairs(plan.unknown) do
    local list = given.status == "found" and done or to_come
    list[#list + 1] = given
  end
  return open, done, to_come
end

local function add(blocks, heading, ...)
  blocks[#blocks + 1] = { kind = "heading", text = heading }
  for _, block in ipairs { ... } do
    blocks[#blocks + 1] = block
  end
end

--- Composes the letter.
-- @tparam table plan see `mailseal.handover.plan`; records may have `status`, `found` and `host` (see `mailseal.handover`)
-- @tparam table about `domain`, `zone`, and as of `mailseal.handover`: `asked_by`, `answer_to`, `deadline`, `host_name`
-- @treturn table `subject`; `blocks`, a list of what stands under one another, by `kind`: "paragraph" and "heading" (`text`), "list"
--   (`items`; `help`), "record" (`number`; `title`; `fields`, a list of label and value; `remarks`; `help`). All texts are printable
--   lines; `help` is an https: URL, or nil
function M.compose(plan, about)
  local open, done, to_come = split(plan)
  local blocks = {}
  blocks[#blocks + 1] = paragraph "Hello,"
  local is_open = #open + #to_come > 0
  if is_open then
    blocks[#blocks + 1] = paragraph(opening(about, #open + #to_come))
  else
    local all = "All DNS records that %s needs are published. Please leave them as they are."
    blocks[#blocks + 1] = paragraph(all:format(line(about.domain)))
  end
  if #open > 0 then
    local common, notes = hosts.common(open)
    add(blocks, "What to publish")
    for i, entries in ipairs(open) do
      blocks[#blocks + 1] = record_block(entries, i, plan.zone, common)
    end
    local items = hosts.of(open[1][1].given) and notes or how_to
    if items[1] or common.help then
      add(blocks, "How to enter it", { kind = "list", items = items, help = common.help })
    end
  end
  if #to_come > 0 then
    local items = {}
    for i, given in ipairs(to_come) do
      items[i] = words.unknown(given)
    end
    add(blocks, "What is still to come", { kind = "list", items = items })
  end
  if #done > 0 then
    add(blocks, "What is there already, and right", { kind = "list", items = done_items(done) })
  end
  if is_open then
    add(blocks, "What to leave alone", { kind = "list", items = leave_alone(open, about) })
  end
  close(blocks, about, is_open)
  return { subject = ("DNS records for %s"):format(line(about.domain)), blocks = blocks }
end

return M
