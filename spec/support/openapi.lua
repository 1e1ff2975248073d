--- Answers of the service, held against lua/mailseal/http/openapi.json as they come.
--
--     openapi.check("GET", "/v1/domains?limit=2", { status = 200, type = "application/json", body = … })    -- raises where it does not fit
--
-- The judge is a Python with jsonschema, beside this program for as long as it runs.
local json = require "mailseal.json"
local shell = require "spec.support.shell"

local M = {}

--- The description's path.
M.FILE = "lua/mailseal/http/openapi.json"

local START = [[
python=python3
for one in python3 /usr/bin/python3; do "$one" -c 'import jsonschema' 2>/dev/null && python=$one && break; done
"$python" spec/support/openapi_reader.py %s %s || echo "there is no Python" >%s
]]

local judge

-- The judge: a pipe to it, and one from it, which is a file of the file system.
local function begin()
  local directory = shell.new_directory()
  local way = shell.quote(directory .. "/verdicts")
  shell.output("mkfifo " .. way)
  local pipe = assert(io.popen(START:format(M.FILE, way, way), "w"))
  pipe:setvbuf "line"
  judge = { pipe = pipe, verdicts = assert(io.open(directory .. "/verdicts", "r")) }
  shell.remove_directory(directory)
  judge.description = judge.verdicts:read "*l"
end

--- What is wrong with the description itself.
-- @treturn string "" where nothing is
function M.problem()
  if not judge then begin() end
  return judge.description
end

--- Holds an answer against the description.
-- @tparam string method
-- @tparam string target path and query, without the prefix of the API
-- @tparam table reply `status`, `type`, `body`
-- @raise where the description says otherwise
function M.check(method, target, reply)
  local problem = M.problem()
  if problem ~= "" then error("openapi.json: " .. problem, 2) end
  judge.pipe:write(json.encode(json.object(
    "method", method, "path", target:match "^[^?]*", "status", reply.status, "type", reply.type, "body", reply.body)), "\n")
  local verdict = judge.verdicts:read "*l"
  if verdict ~= "" then error("openapi.json: " .. tostring(verdict), 2) end
end

return M
