--- Messages made up for tests and measurements: the same on every machine and every Lua.
--
-- Two kinds. `marketing` and `attachment` write what a mail product sends all day: a multipart
-- message with a plain text and an HTML part, a header section of 15 to 25 fields, CRLF throughout.
-- `odd` writes what RFC 5322 allows and few send, for canonicalisation to trip over (RFC 6376 §3.4):
-- white space in every place where it may stand, bodies that are empty or end in odd ways, fields
-- folded, repeated, empty or in obsolete syntax.

local M = {}

--- A source of pseudo-random numbers (Park and Miller's, whose products a double holds exactly).
-- @tparam integer seed 1 to 2147483646
-- @treturn function `random(n)`: an integer from 1 to n
function M.random(seed)
  local state = seed
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

local function pick(random, list)
  return list[random(#list)]
end

-- ---------------------------------------------------------------- words, sentences, encodings

local WORDS = {}
for word in ([[
  spring summer collection new arrivals our your favourite save today only until midnight free delivery on orders over
  fifty euros discover the latest styles members enjoy early access to sale selected items while stocks last shop now
  view details unsubscribe at any time because you signed up for news offers and stories from us this week we picked
  something special just in case missed it last chance ends tonight gift card balance points rewards account order
  confirmation thank question reply directly visit store find nearest opening hours terms apply see website for more
]]):gmatch("%S+") do
  WORDS[#WORDS + 1] = word
end
local ACCENTED = { "für", "déjà", "größe", "niño", "10 €", "café", "—", "naïve", "Überraschung", "señor" }

local function sentence(random, length)
  local words = {}
  for i = 1, length do
    words[i] = random(16) == 1 and pick(random, ACCENTED) or pick(random, WORDS)
  end
  return (table.concat(words, " "):gsub("^%l", string.upper)) .. "."
end

local function hexadecimal(random, digits)
  local out = {}
  for i = 1, digits do
    out[i] = ("%x"):format(random(16) - 1)
  end
  return table.concat(out)
end

local BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64_text(random, length)
  local out = {}
  for i = 1, length do
    local at = random(64)
    out[i] = BASE64:sub(at, at)
  end
  return table.concat(out)
end

-- One line of text as quoted-printable (RFC 2045 §6.7), with soft breaks so that no line passes 76 columns.
local function quoted_printable(line)
  local column, out = 0, {}
  for at = 1, #line do
    local piece = line:sub(at, at)
    if piece == "=" or piece:byte() > 126 or (at == #line and piece == " ") then
      piece = ("=%02X"):format(piece:byte())
    end
    if column + #piece > 75 then
      out[#out + 1] = "=\r\n"
      column = 0
    end
    out[#out + 1] = piece
    column = column + #piece
  end
  return table.concat(out)
end

-- ---------------------------------------------------------------- marketing mail

local function link(random)
  return "https://click.example.com/ls/click?upn=u001." .. base64_text(random, 60 + random(80)) .. "&amp;c=" .. random(90000)
end

-- A block of an HTML newsletter, indented as template engines leave it.
local function html_block(random)
  return {
    '          <tr>',
    '            <td align="center" valign="top" style="padding:0 18px 9px 18px;font-family:Helvetica,Arial,sans-serif;">',
    '              <a href="' .. link(random) .. '" target="_blank" style="color:#0b5' .. hexadecimal(random, 3) .. ';">',
    '                ' .. sentence(random, 4 + random(6)),
    '              </a>',
    '              <p style="margin:0;line-height:150%;">' .. sentence(random, 12 + random(24)) .. '</p>  ',
    '            </td>',
    '          </tr>',
    '',
  }
end

local function encoded(lines, encode)
  local out = {}
  for i, line in ipairs(lines) do
    out[i] = (encode and encode(line) or line) .. "\r\n"
  end
  return table.concat(out)
end

local function text_block(random)
  return { sentence(random, 8 + random(4)), sentence(random, 6 + random(6)), "" }
end

-- Blocks until the next would pass `size` octets.
local function blocks(random, block, size, encode)
  local out, written = {}, 0
  while true do
    local text = encoded(block(random), encode)
    written = written + #text
    if written > size then
      return table.concat(out)
    end
    out[#out + 1] = text
  end
end

-- The multipart/alternative body, at most `size` octets of it (where that is enough for the bare frame).
local function alternative(random, boundary, size, encoding)
  local encode = encoding == "quoted-printable" and quoted_printable or nil
  local function part(content_type)
    return encoded {
      "--" .. boundary, "Content-Type: " .. content_type .. "; charset=utf-8",
      "Content-Transfer-Encoding: " .. encoding, "",
    }
  end
  local text = part("text/plain") .. blocks(random, text_block, size / 5, encode)
  local before = part("text/html") .. encoded({ "<!DOCTYPE html>", '<html lang="en"><body><table width="100%">' }, encode)
  local after = encoded({ "</table></body></html>" }, encode) .. encoded { "--" .. boundary .. "--", "" }
  return text .. before .. blocks(random, html_block, size - #text - #before - #after, encode) .. after
end

local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

local function date(random)
  return ("Tue, %d %s 2026 %02d:%02d:%02d +0000"):format(
    random(28), pick(random, MONTHS), random(24) - 1, random(60) - 1, random(60) - 1)
end

local function received(random)
  return ("Received: from mta%d.example.com (mta%d.example.com [192.0.2.%d])\r\n\tby mx%d.example.net (Postfix) with ESMTPS id %s\r\n"
    .. "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\tfor <reader@example.net>; %s"):format(
    random(9), random(9), random(250), random(4), hexadecimal(random, 12), date(random))
end

-- What every message has: 15 fields.
local function usual_fields(random, content_type)
  local id = hexadecimal(random, 24)
  return {
    received(random),
    received(random),
    "Date: " .. date(random),
    "From: =?utf-8?q?Caf=C3=A9_Example?= <news@example.com>",
    "Reply-To: Example Support <support@example.com>",
    'To: "Reader, A Rather Long Name Of Them" <reader@example.net>,\r\n "Second Reader" <second.reader@example.net>',
    "Message-ID: <" .. id .. "@mail.example.com>",
    "Subject: =?utf-8?q?Only_today=3A_" .. hexadecimal(random, 20) .. "?=\r\n =?utf-8?q?_" .. hexadecimal(random, 20) .. "?=",
    "MIME-Version: 1.0",
    "Content-Type: " .. content_type,
    "List-Id: <news." .. hexadecimal(random, 8) .. ".example.com>",
    "List-Unsubscribe: <https://example.com/unsubscribe/" .. base64_text(random, 60):gsub("[+/]", "A")
      .. ">,\r\n <mailto:unsubscribe-" .. hexadecimal(random, 16) .. "@example.com>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    "Feedback-ID: " .. random(90000) .. ":campaign:newsletter:example",
    "X-Mailer: Example Mailer 4.2",
  }
end

local function further_fields(random)
  return {
    "X-Campaign-ID: " .. hexadecimal(random, 32),
    "X-Report-Abuse: Please report abuse here: https://example.com/abuse/" .. hexadecimal(random, 24),
    "X-CSA-Complaints: complaints@example.org",
    "Precedence: bulk",
    "X-Recipient-ID: " .. random(2000000),
    "X-SG-EID: " .. base64_text(random, 70) .. "\r\n " .. base64_text(random, 70) .. "\r\n " .. base64_text(random, 44),
    "X-Entity-Ref-ID: " .. hexadecimal(random, 8) .. "-" .. hexadecimal(random, 12),
    received(random),
    "Auto-Submitted: auto-generated",
    "X-Feedback-Loop: " .. random(900) .. ":" .. random(900),
  }
end

local function header_section(random, content_type)
  local fields = usual_fields(random, content_type)
  local further = further_fields(random)
  for i = 1, random(#further + 1) - 1 do
    fields[#fields + 1] = further[i]
  end
  return table.concat(fields, "\r\n") .. "\r\n\r\n"
end

--- A newsletter: plain text and HTML, quoted-printable or 8bit.
-- @tparam table options `size`: how many octets it has in all, about (a block of HTML is not cut);
--   `seed` (1): another seed, another message; `encoding`: "quoted-printable" (default) or "8bit"
-- @treturn string the message
function M.marketing(options)
  local random = M.random(options.seed or 1)
  local boundary = "----=_Part_" .. hexadecimal(random, 16)
  local header = header_section(random, 'multipart/alternative;\r\n boundary="' .. boundary .. '"')
  return header .. alternative(random, boundary, options.size - #header, options.encoding or "quoted-printable")
end

--- A message that carries a file: a short newsletter and a base64 part in lines of 76 columns.
-- @tparam table options `size`: about how many octets it has in all; `seed` (1)
-- @treturn string the message
function M.attachment(options)
  local random = M.random(options.seed or 1)
  local outer, inner = "----=_Outer_" .. hexadecimal(random, 16), "----=_Inner_" .. hexadecimal(random, 16)
  local out = {
    header_section(random, 'multipart/mixed;\r\n boundary="' .. outer .. '"'),
    "--" .. outer .. "\r\n",
    'Content-Type: multipart/alternative;\r\n boundary="' .. inner .. '"\r\n\r\n',
    alternative(random, inner, 4096, "quoted-printable"),
    "--" .. outer .. "\r\n",
    'Content-Type: application/pdf; name="catalogue.pdf"\r\nContent-Transfer-Encoding: base64\r\n',
    'Content-Disposition: attachment; filename="catalogue.pdf"\r\n\r\n',
  }
  local lines = {}
  for i = 1, 499 do
    lines[i] = base64_text(random, 76) .. "\r\n"
  end
  local written = #table.concat(out)
  for _ = 1, (options.size - written - 40) / 78 do
    out[#out + 1] = pick(random, lines)
  end
  out[#out + 1] = "--" .. outer .. "--\r\n"
  return table.concat(out)
end

-- ---------------------------------------------------------------- odd mail

-- Letters, spaces, tabs and line ends in any order: what a canonicalisation can get wrong, it gets wrong here.
local function scrabble(random, length)
  local atoms, out = { "a", "b", " ", " ", "\t", "\r\n", "\r\n", "\r\n\r\n", "x\t y", "=20" }, {}
  for i = 1, length do
    out[i] = pick(random, atoms)
  end
  return table.concat(out)
end

-- Each: what is odd, and a body.
local BODIES = {
  { "an empty body", "" },
  { "a body of one line end", "\r\n" },
  { "a body of line ends", "\r\n\r\n\r\n\r\n" },
  { "a body of one octet", "x" },
  { "a body of white space without a line end", " \t  " },
  { "a body of one line of white space", " \t\r\n" },
  { "a body of lines of white space", " \r\n\t\r\n \t \r\n" },
  { "lines of white space within", "one\r\n   \r\n\t\r\ntwo\r\n" },
  { "lines of white space at the end", "text\r\n   \r\n\t\t\r\n" },
  { "empty lines at the beginning", "\r\n\r\ntext\r\n" },
  { "empty lines at the end", "text\r\n\r\n\r\n\r\n\r\n" },
  { "empty lines and white space at the end, in turns", "text\r\n\r\n  \r\n\r\n \t\r\n" },
  { "no last line end", "one\r\ntwo" },
  { "white space and no last line end", "one\r\ntwo \t " },
  { "empty lines, then white space and no line end", "one\r\n\r\n\r\n  " },
  { "runs of white space", "a  b\tc\t\td \t e\r\n    f     g\r\n" },
  { "white space at the ends of lines", "a \r\nb\t\r\nc \t \r\n d\r\n" },
  { "white space at the beginnings of lines", " a\r\n\tb\r\n  c\r\n\t d\r\n" },
  { "lines that begin with a dot", ".\r\n..\r\n.a\r\ntext\r\n" },
  { "a line of 990 octets with runs of white space", ("abc  defg\t "):rep(90) .. "\r\n" },
  { "8-bit text", "gr\195\188\195\159e\194\160\226\130\172\r\n\255\254 \128\r\n" },
  { "control characters that are not white space", "a\vb\fc\bd\r\n\v\r\ntext \f\r\n" },
  { "lines that look like header fields", "Subject: not one\r\n folded\r\nDKIM-Signature: v=1\r\n" },
  { "a large body of short lines", ("a b\r\n"):rep(4000) },
}

local BASE = {
  from = "From: Sender <sender@example.com>",
  to = "To: reader@example.net",
  subject = "Subject: plain",
  date = "Date: Tue, 17 Nov 2026 10:00:00 +0000",
  id = "Message-ID: <1@example.com>",
}
local ORDER = { "from", "to", "subject", "date", "id" }

-- Each: what is odd, and the fields that take the place of the plain ones or come beside them.
local HEADERS = {
  { "plain fields", {} },
  { "a field folded with a tab", { subject = "Subject: one\r\n\ttwo\r\n\tthree" } },
  { "a field folded with white space on both sides", { subject = "Subject: one  \t\r\n \t  two" } },
  { "a field whose value begins on the next line", { subject = "Subject:\r\n one", to = "To:\r\n\treader@example.net" } },
  { "an empty value", { subject = "Subject:", "Cc:" } },
  { "a value of white space", { subject = "Subject:  \t ", "Reply-To: " } },
  { "white space at the end of a value", { subject = "Subject: text  \t", from = "From: sender@example.com " } },
  { "runs of white space in a value", { subject = "Subject: a  b\t\tc \t d", to = "To:\t  reader@example.net" } },
  { "no space behind the colon", { subject = "Subject:text", from = "From:sender@example.com", to = "To:reader@example.net" } },
  { "upper and lower case in names", { subject = "SUBJECT: a", from = "fRoM: sender@example.com", to = "tO: reader@example.net" } },
  { "a space before the colon", { subject = "Subject : text" }, obsolete_colon = true },
  { "white space before the colon", { to = "To \t : reader@example.net" }, obsolete_colon = true },
  { "repeated fields", { "Received: a", "Cc: one@example.net", "Received: b", "Cc: two@example.net", "cc: three@example.net" } },
  { "repeated fields that differ in white space", { "Reply-To: a@example.com", "Reply-To:  a@example.com", "Reply-To:a@example.com " } },
  { "a value of 900 octets", { subject = "Subject: " .. ("long value "):rep(80) .. "end" } },
  { "a value of 900 octets without a space", { "References: <" .. ("x"):rep(880) .. "@example.com>" } },
  { "8-bit text in a value", { subject = "Subject: gr\195\188\195\159e \226\130\172", from = "From: J\195\188rgen <sender@example.com>" } },
  { "semicolons, colons and equal signs", { subject = "Subject: b=abc; bh=def; h=from:to; : = ;", "List-Id: <b=x;.example.com>" } },
  { "punctuation in names", { "X_y.z+9!: odd name", "X-1: digit" } },
  { "many folds", { to = "To: a@example.net" .. (",\r\n b@example.net"):rep(60) } },
  { "a line of white space within a fold", { subject = "Subject: one\r\n \t\r\n two" } },
  { "a fold that ends in white space", { subject = "Subject: one\r\n " } },
  { "control characters that are not white space", { subject = "Subject: \va\fb\v" }, control = true },
}

local function odd_header(random, shape)
  local fields = {}
  for _, name in ipairs(ORDER) do
    fields[#fields + 1] = shape[2][name] or BASE[name]
  end
  for _, field in ipairs(shape[2]) do
    table.insert(fields, random(#fields + 1), field)
  end
  return table.concat(fields, "\r\n") .. "\r\n"
end

--- An odd message. The first ones go through every body and every header shape in turn; all are different.
-- @tparam integer number 1, 2, 3…
-- @treturn table `message`; `title`: what is odd about it; and, true where they hold, what other implementations are
--   known to stumble over: `obsolete_colon` (white space before a colon), `control` (a control character at the edge of
--   a value), `no_last_line_end`, `open_white_space` (white space at the very end of the body, no line end behind it)
function M.odd(number)
  local random = M.random(number * 7919)
  local shape = HEADERS[(number - 1) % #HEADERS + 1]
  local body = BODIES[(number - 1) % #BODIES + 1]
  if number > #BODIES and number % 2 == 0 then
    body = { "white space, letters and line ends in any order", scrabble(random, random(60)) }
  end
  return {
    message = odd_header(random, shape) .. "\r\n" .. body[2],
    title = shape[1] .. "; " .. body[1],
    obsolete_colon = shape.obsolete_colon,
    control = shape.control,
    no_last_line_end = body[2] ~= "" and body[2]:sub(-2) ~= "\r\n",
    open_white_space = body[2]:find("[ \t]$") ~= nil,
  }
end

return M
