--- What can go wrong: the types of problems (RFC 9457 §3.1.1), each under the address that it has in answers.
-- @module mailseal.http.api.problems
local codes = require "mailseal.http.codes"
local reply = require "mailseal.http.reply"
local sorted = require "mailseal.rules.sorted"

local function problem_type(call, code)
  return {
    type = call.service:path("api", "/v1/problems/" .. code), code = code, status = codes[code].status, title = codes[code].title,
  }
end

local function list(call)
  local found = {}
  for i, code in ipairs(sorted.names(codes)) do
    found[i] = problem_type(call, code)
  end
  return reply.json(200, { problems = found })
end

local function get(call)
  if not codes[call.path.code] then
    return nil, "there is no such problem", "not_found"
  end
  return reply.json(200, problem_type(call, call.path.code))
end

return {
  { method = "GET", path = "/v1/problems", id = "listProblems", handler = list, public = true },
  { method = "GET", path = "/v1/problems/{code}", id = "getProblem", handler = get, public = true },
}
