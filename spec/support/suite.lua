--- The standards' suites that lie beside the project, in ../shared/data/suites; they are not part of it.
local M = {}

local SUITES = "../shared/data/suites/"
local DIRECTORY = SUITES .. "dkim/"

local function read(path)
  local file, message = io.open(path, "rb")
  if not file then
    return nil, message
  end
  local text = file:read("*a")
  file:close()
  return text
end

-- The suite's DNS as a zone: a list of TXT records for a name, empty for one that does not exist, or an error.
local function zone_of(names)
  local zone = {}
  for name, texts in pairs(names) do
    local records = { texts.error and { error = "servfail" } }
    for i, text in ipairs(texts) do
      records[i] = { type = "TXT", data = text }
    end
    zone[name] = #records > 0 and records or nil
  end
  return zone
end

-- What a suite in JSON holds; or nil, and why it is not read.
local function read_json(name)
  local found, cjson = pcall(require, "cjson")
  local text, message = read(SUITES .. name)
  if not text or not found then
    return nil, text and "lua-cjson is not installed" or message
  end
  return cjson.decode(text)
end

--- The SPF suite (RFC 7208): scenarios, each with a zone and the tests over it.
-- @treturn[1] {table,...} each `title`, `zone`, and `tests`, sorted by name: `name`, `ip`, `sender`, `helo`, `results` (all that are
-- right), `explanation` ("DEFAULT": that of the receiver; or nil)
-- @treturn[2] nil
-- @treturn[2] string why there is none
function M.spf()
  local scenarios, message = read_json("spf/rfc7208.json")
  if not scenarios then
    return nil, message
  end
  local list = {}
  for i, scenario in ipairs(scenarios) do
    local tests = {}
    for name, test in pairs(scenario.tests) do
      tests[#tests + 1] = {
        name = name, ip = test.host, sender = test.mailfrom, helo = test.helo, results = test.result, explanation = test.explanation,
      }
    end
    table.sort(tests, function(a, b) return a.name < b.name end)
    list[i] = { title = scenario.scenario, zone = scenario.zone, tests = tests }
  end
  return list
end

--- The DKIM suite.
-- @treturn[1] {table,...} each `id`, `message`, `zone`, `expect` (the best result of the message)
-- @treturn[2] nil
-- @treturn[2] string why there is none
function M.dkim()
  local found, cjson = pcall(require, "cjson")
  local lines, message = read(DIRECTORY .. "cases.jsonl")
  if not lines or not found then
    return nil, lines and "lua-cjson is not installed" or message
  end
  local cases = {}
  for line in lines:gmatch("[^\n]+") do
    local case = cjson.decode(line)
    cases[#cases + 1] = {
      id = case.id, expect = case.expect, zone = zone_of(case.dns), message = assert(read(DIRECTORY .. case.eml)),
    }
  end
  return cases
end

-- The zone of a DMARC case: the text of a name, or the list of its texts; and names that exist with other records.
local function dmarc_zone(case)
  local zone = {}
  for name, texts in pairs(case.zone) do
    zone[name] = {}
    for i, text in ipairs(type(texts) == "table" and texts or { texts }) do
      zone[name][i] = { type = "TXT", data = text }
    end
  end
  for _, name in ipairs(case.existing_names or {}) do
    zone[name] = { { type = "A", data = "192.0.2.1" } }
  end
  return zone
end

--- The DMARC suite.
-- @treturn[1] {table,...} each `id`, `zone`, `author`, and what is expected: `record_at`, `org`, `effective_policy`, `queries`, each nil
--   where the case says nothing of it
-- @treturn[2] nil
-- @treturn[2] string why there is none
function M.dmarc()
  local cases, message = read_json("dmarc/rfc9989.json")
  if not cases then
    return nil, message
  end
  for _, case in ipairs(cases) do
    case.zone = dmarc_zone(case)
  end
  return cases
end

return M
