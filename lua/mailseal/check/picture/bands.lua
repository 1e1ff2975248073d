--- The parts of the picture, from the top down. Each is drawn at a height and returns the height where the next one starts.
-- @module mailseal.check.picture.bands
local model = require "mailseal.check.picture.model"
local style = require "mailseal.check.picture.style"

local M = {}

M.WIDTH, M.MARGIN = 920, 24

-- The spine, and where what hangs on it starts and ends.
local SPINE, LEFT, RIGHT = 40, 76, M.WIDTH - M.MARGIN
local GAP, NAME, SMALL, TITLE = 36, 14, 12, 16
local ROW, LINE, PADDING = 30, 17, 10
-- Where a heading says more than its state.
local WORDS = LEFT + 186
-- Where the three columns of DKIM stand.
local COLUMNS = { { LEFT, 190 }, { LEFT + 230, 350 }, { LEFT + 620, RIGHT - LEFT - 620 } }

local state_words = { ok = "ok", warning = "warning", error = "error", pending = "pending", none = "not judged" }

-- ---- Pieces

local function text(canvas, x, y, words, class, size, room)
  canvas:text(x, y, words, { class = class, size = size, room = room })
end

-- A band's first line: the sign on the spine, its name, its state in a word, and more words.
local function heading(canvas, y, name, band)
  canvas:icon(SPINE, y, band.state)
  text(canvas, LEFT, y + 6, name, "strong", TITLE, 80)
  text(canvas, LEFT + 84, y + 6, state_words[band.state], "word-" .. band.state, NAME, WORDS - LEFT - 84)
  if band.words then
    text(canvas, WORDS, y + 6, band.words, "soft", NAME, RIGHT - WORDS)
  end
  return y + 24
end

local function left_out(canvas, y, band, what)
  if (band.more or 0) < 1 then
    return y
  end
  text(canvas, LEFT, y + 14, ("and %d more %s"):format(band.more, what), "soft", SMALL, RIGHT - LEFT)
  return y + 24
end

-- A box with a name and lines below it.
local function card(canvas, column, y, height, state, lines)
  local x, width = column[1], column[2]
  canvas:box(x, y, width, height, state)
  for i, line in ipairs(lines) do
    text(canvas, x + PADDING, y + 4 + i * LINE, line.text, line.class, line.size, width - 2 * PADDING)
  end
end

-- ---- The head

--- Draws the domain of the From address, and what the check came to.
-- @tparam table canvas
-- @tparam table shown see `mailseal.check.picture.model`
-- @treturn number
function M.head(canvas, shown)
  local y = M.MARGIN
  canvas:open("From: " .. shown.domain, "head")
  canvas:box(SPINE - 16, y, RIGHT - SPINE + 16, 52, shown.state)
  text(canvas, SPINE, y + 20, "From domain", "soft", SMALL, 200)
  text(canvas, SPINE, y + 42, shown.domain, "strong", 19, RIGHT - SPINE - 200)
  canvas:icon(RIGHT - 130, y + 26, shown.state)
  text(canvas, RIGHT - 112, y + 31, shown.status, "word-" .. shown.state, TITLE, 100)
  canvas:close()
  return y + 52 + GAP
end

--- Draws what joins the domain and the bands, below which it is put into the picture.
-- @tparam table canvas
-- @tparam {number,...} heights of the bands' signs
function M.spine(canvas, heights)
  local from = M.MARGIN + 52
  for i = 2, #heights do
    canvas:line { SPINE, from, SPINE, heights[i] - 11 }
    from = heights[i] + 11
  end
end

-- ---- DKIM

-- The targets on the way to the key: all of three, or the first and the last.
local function chain_lines(chain)
  local lines = {}
  for i, target in ipairs(chain) do
    if #chain <= 3 or i == 1 or i == #chain then
      lines[#lines + 1] = { text = target, class = "name", size = SMALL }
    elseif i == 2 then
      lines[#lines + 1] = { text = ("%d more"):format(#chain - 2), class = "soft", size = SMALL }
    end
  end
  return lines
end

local function draw_selector(canvas, y, row)
  local lines = chain_lines(row.chain)
  local height = math.max(2, #lines + 1) * LINE + PADDING + 2
  local middle = y + height / 2
  canvas:open(("%s: %s, %s"):format(row.name or row.selector, row.word, row.key), "selector")
  card(canvas, COLUMNS[1], y, height, row.state, {
    { text = row.selector, class = "strong", size = NAME }, { text = row.word, class = "word-" .. row.state, size = SMALL },
  })
  canvas:icon(COLUMNS[1][1] + COLUMNS[1][2] - 18, y + 16, row.state)
  if #lines > 0 then
    table.insert(lines, 1, { text = "CNAME", class = "soft", size = SMALL })
    card(canvas, COLUMNS[2], y, height, "plain", lines)
    canvas:line({ COLUMNS[1][1] + COLUMNS[1][2] + 3, middle, COLUMNS[2][1] - 3, middle }, true)
  end
  local from = COLUMNS[#lines > 0 and 2 or 1]
  canvas:line({ from[1] + from[2] + 3, middle, COLUMNS[3][1] - 3, middle }, true)
  card(canvas, COLUMNS[3], y, height, row.has_key and row.state or "none", {
    { text = row.key, class = "name", size = NAME }, { text = "key", class = "soft", size = SMALL },
  })
  canvas:close()
  return y + height + 12
end

--- Draws the selectors, their CNAMEs and keys.
-- @tparam table canvas
-- @tparam number y
-- @tparam table shown
-- @treturn number
function M.dkim(canvas, y, shown)
  local band = shown.dkim
  local below = heading(canvas, y, "DKIM", band)
  for _, row in ipairs(band.rows) do
    below = draw_selector(canvas, below, row)
  end
  return left_out(canvas, below, band, "selectors") + GAP
end

-- ---- SPF

-- Segments drawn of the look-ups that are too many; a number says how many they are.
local OVER = 6

-- A segment for each look-up: those that receivers make, and hatched by a cross those that they do not.
local function gauge(canvas, y, lookups)
  local most, width = model.LOOKUPS, 18
  local drawn = math.max(most, math.min(lookups, most + OVER))
  for i = 1, drawn do
    local x = WORDS + (i - 1) * (width + 3) + (i > most and 8 or 0)
    local class = i > lookups and "free" or i <= most and "used" or "over"
    canvas:add('<rect class="ms-segment-%s" x="%d" y="%d" width="%d" height="12"/>', class, x, y - 6, width)
    if class == "over" then
      canvas:add('<path class="ms-mark ms-cross" d="M%d %dl8 6m0 -6l-8 6"/>', x + 5, y - 3)
    end
  end
  local x = WORDS + drawn * (width + 3) + 16
  local words = lookups > most and "too many" or "within the limit"
  text(canvas, x, y + 5, ("%d of %d look-ups, %s"):format(lookups, most, words), lookups > most and "word-error" or "soft", NAME, RIGHT - x)
end

local function counted(row)
  return row.total == 1 and "1 look-up" or row.total .. " look-ups"
end

local DEEPEST, INDENT = 8, 22

local function draw_node(canvas, y, row, parents)
  local depth = math.min(row.depth, DEEPEST)
  local x, middle = LEFT + depth * INDENT, y + 12
  canvas:open(("%s: %s%s"):format(row.text, counted(row), row.words and ", " .. row.words or ""), "node")
  if depth > 0 then
    local above = parents[depth - 1] or y
    canvas:line { x - 12, above, x - 12, middle, x - 2, middle }
  end
  canvas:box(x, y, RIGHT - 300 - x, 24, row.state)
  text(canvas, x + PADDING, y + 17, row.text, "name", NAME, RIGHT - 300 - x - 2 * PADDING)
  text(canvas, RIGHT - 290, y + 17, counted(row), "soft", SMALL, 90)
  canvas:icon(RIGHT - 188, middle, row.state)
  text(canvas, RIGHT - 172, y + 17, row.words or "ok", "word-" .. row.state, SMALL, 172)
  canvas:close()
  parents[depth] = y + 24
  return y + ROW
end

--- Draws the tree of includes and redirects.
-- @tparam table canvas
-- @tparam number y
-- @tparam table shown
-- @treturn number
function M.spf(canvas, y, shown)
  local band, parents = shown.spf, {}
  local below = heading(canvas, y, "SPF", { state = band.state, words = not band.lookups and (band.words or "") or nil })
  if band.lookups then
    gauge(canvas, y, band.lookups)
  end
  for _, row in ipairs(band.rows) do
    below = draw_node(canvas, below, row, parents)
  end
  return left_out(canvas, below, band, "records") + GAP
end

-- ---- DMARC

-- A name of DNS may be long: it has a line of its own.
local STEP = { LEFT, 430 }
local STEP_HEIGHT = 2 * LINE + PADDING + 2

local function draw_step(canvas, y, row, above)
  canvas:open(("%s: %s"):format(row.name, row.words), "step")
  if above then
    canvas:line { LEFT + 20, above, LEFT + 20, y }
  end
  canvas:box(STEP[1], y, STEP[2], STEP_HEIGHT, row.state)
  text(canvas, LEFT + PADDING, y + 4 + LINE, row.name, "name", NAME, STEP[2] - 36 - PADDING)
  text(canvas, LEFT + PADDING, y + 4 + 2 * LINE, row.words, "word-" .. row.state, SMALL, STEP[2] - 2 * PADDING)
  canvas:icon(LEFT + STEP[2] - 18, y + 16, row.state)
  canvas:close()
  return y + STEP_HEIGHT + 12
end

local function draw_policy(canvas, y, policy)
  local column = { LEFT + 480, RIGHT - LEFT - 480 }
  local whence = policy.tag and policy.tag ~= "p" and (" (%s=)"):format(policy.tag) or ""
  canvas:open(("policy %s, %s"):format(policy.policy, policy.alignment), "policy")
  card(canvas, column, y, 3 * LINE + 12, policy.state, {
    { text = "policy: " .. policy.policy .. whence, class = "strong", size = NAME },
    { text = policy.tested and ("only tested; asked for is " .. policy.tested) or "what receivers do with mail that fails", class = "soft",
      size = SMALL },
    { text = policy.alignment, class = "soft", size = SMALL },
  })
  canvas:close()
  return y + 3 * LINE + 24
end

local function draw_report(canvas, y, row)
  canvas:open(("reports to %s: %s"):format(row.name, row.words), "report")
  text(canvas, LEFT, y + 14, "reports to", "soft", SMALL, 78)
  text(canvas, LEFT + 80, y + 14, row.name, "name", SMALL, 280)
  canvas:icon(LEFT + 376, y + 10, row.state)
  text(canvas, LEFT + 392, y + 14, row.words, "word-" .. row.state, SMALL, RIGHT - LEFT - 392)
  canvas:close()
  return y + 24
end

--- Draws the names of the tree walk, the policy, and where reports go.
-- @tparam table canvas
-- @tparam number y
-- @tparam table shown
-- @treturn number
function M.dmarc(canvas, y, shown)
  local band = shown.dmarc
  local below = heading(canvas, y, "DMARC", band)
  local top, above = below, nil
  for _, row in ipairs(band.rows) do
    local start = below
    below = draw_step(canvas, below, row, above)
    above = start + STEP_HEIGHT
    if band.policy and row.state == "ok" then
      canvas:line({ LEFT + 433, start + 20, LEFT + 455, start + 20, LEFT + 455, top + 20, LEFT + 477, top + 20 }, true)
    end
  end
  if band.policy then
    below = math.max(below, draw_policy(canvas, top, band.policy))
  end
  for _, row in ipairs(band.reports) do
    below = draw_report(canvas, below, row)
  end
  return below + 4
end

-- ---- The legend

--- Draws what the signs mean.
-- @tparam table canvas
-- @tparam number y
function M.legend(canvas, y)
  local x = LEFT
  canvas:open("What the signs mean", "legend")
  canvas:line { SPINE - 16, y, RIGHT, y }
  for _, state in ipairs(style.STATES) do
    canvas:icon(x, y + 22, state)
    text(canvas, x + 14, y + 26, state_words[state], "word-" .. state, SMALL, 100)
    x = x + 130
  end
  canvas:close()
end

return M
