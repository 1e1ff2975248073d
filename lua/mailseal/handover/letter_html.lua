--- The letter to whoever runs a domain's DNS, as a page of HTML.
--
-- It is whole in itself: no script, no picture, no style sheet and no font comes from elsewhere, so that a mail program may show it and
-- a strict Content-Security-Policy (default-src 'none'; style-src 'unsafe-inline') does not harm it. It links to nothing but
-- the DNS host's own help.
-- @module mailseal.handover.letter_html
local letter = require "mailseal.handover.letter"

local M = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text)
  return (text:gsub("[&<>\"']", entities))
end

local STYLE = [[
:root { color-scheme: light dark; }
body { font-family: sans-serif; line-height: 1.4; max-width: 46em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; margin: .5em 0; }
th, td { border: 1px solid #888; padding: .3em .6em; text-align: left; vertical-align: top; }
td { font-family: monospace; overflow-wrap: anywhere; }
h3 { font-size: 1em; margin: 1.5em 0 .2em; }]]

local function paragraph(out, text)
  out[#out + 1] = "<p>" .. escape(text) .. "</p>"
end

local function link(url)
  return ('<a href="%s" rel="noreferrer">%s</a>'):format(escape(url), escape(url))
end

local writers = {
  paragraph = function(out, block)
    paragraph(out, block.text)
  end,
  heading = function(out, block)
    out[#out + 1] = "<h2>" .. escape(block.text) .. "</h2>"
  end,
  list = function(out, block)
    out[#out + 1] = "<ul>"
    for _, item in ipairs(block.items) do
      out[#out + 1] = "<li>" .. escape(item) .. "</li>"
    end
    if block.help then
      out[#out + 1] = "<li>Help: " .. link(block.help) .. "</li>"
    end
    out[#out + 1] = "</ul>"
  end,
  record = function(out, block)
    out[#out + 1] = ('<h3 id="record-%d">%s</h3>'):format(block.number, escape(block.title))
    out[#out + 1] = ('<table aria-labelledby="record-%d">'):format(block.number)
    for _, field in ipairs(block.fields) do
      out[#out + 1] = ('<tr><th scope="row">%s</th><td>%s</td></tr>'):format(escape(field[1]), escape(field[2]))
    end
    out[#out + 1] = "</table>"
    for _, remark in ipairs(block.remarks) do
      paragraph(out, remark)
    end
    if block.help then
      out[#out + 1] = "<p>Help: " .. link(block.help) .. "</p>"
    end
  end,
}

--- Writes the letter.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about as of `mailseal.handover.letter`
-- @treturn string
function M.write(plan, about)
  local composed = letter.compose(plan, about)
  local out = {
    "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">', '<meta name="color-scheme" content="light dark">',
    "<title>" .. escape(composed.subject) .. "</title>", "<style>", STYLE, "</style>", "</head>", "<body>",
    "<h1>" .. escape(composed.subject) .. "</h1>",
  }
  for _, block in ipairs(composed.blocks) do
    writers[block.kind](out, block)
  end
  out[#out + 1] = "</body>"
  out[#out + 1] = "</html>"
  return table.concat(out, "\n") .. "\n"
end

return M
