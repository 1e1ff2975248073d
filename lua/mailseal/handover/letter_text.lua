--- The letter to whoever runs a domain's DNS, as plain text in UTF-8.
--
-- Prose is broken at 72 columns; values stand whole on one line, for they are copied from it.
-- @module mailseal.handover.letter_text
local letter = require "mailseal.handover.letter"

local M = {}

local WIDTH = 72

-- How many columns words take, as far as UTF-8 tells: octets that begin a character.
local function columns(text)
  return #text:gsub("[\128-\191]", "")
end

local function wrap(out, first, rest, text)
  local prefix, current = first, nil
  for word in text:gmatch "%S+" do
    if current and columns(prefix) + columns(current) + 1 + columns(word) > WIDTH then
      out[#out + 1] = prefix .. current
      prefix, current = rest, word
    else
      current = current and current .. " " .. word or word
    end
  end
  out[#out + 1] = prefix .. (current or "")
end

local writers = {
  paragraph = function(out, block)
    wrap(out, "", "", block.text)
  end,
  heading = function(out, block)
    out[#out + 1] = block.text
    out[#out + 1] = ("-"):rep(columns(block.text))
  end,
  list = function(out, block)
    for _, item in ipairs(block.items) do
      wrap(out, "  - ", "    ", item)
    end
    if block.help then
      out[#out + 1] = "  - Help: " .. block.help
    end
  end,
  record = function(out, block)
    wrap(out, "", "   ", block.title)
    out[#out + 1] = ""
    local width = 0
    for _, field in ipairs(block.fields) do
      width = math.max(width, columns(field[1]))
    end
    for _, field in ipairs(block.fields) do
      out[#out + 1] = ("   %s:%s  %s"):format(field[1], (" "):rep(width - columns(field[1])), field[2])
    end
    if #block.remarks > 0 or block.help then
      out[#out + 1] = ""
    end
    for _, remark in ipairs(block.remarks) do
      wrap(out, "   ", "   ", remark)
    end
    if block.help then
      out[#out + 1] = "   Help: " .. block.help
    end
  end,
}

--- Writes the letter.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about as of `mailseal.handover.letter`
-- @treturn string its first line is the subject
function M.write(plan, about)
  local composed = letter.compose(plan, about)
  local out = { "Subject: " .. composed.subject }
  for _, block in ipairs(composed.blocks) do
    out[#out + 1] = ""
    writers[block.kind](out, block)
  end
  return table.concat(out, "\n") .. "\n"
end

return M
