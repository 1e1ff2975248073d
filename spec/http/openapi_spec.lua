--- The description of the API, held against the routes. (Every answer that the other specs get is held against it as it comes.)
local cjson = require "cjson"
local http = require "mailseal.http"
local openapi = require "spec.support.openapi"
local shell = require "spec.support.shell"
local stages = require "spec.support.http_stage"

describe("openapi.json", function()
  local description = cjson.decode(shell.read(openapi.FILE))

  -- The routes of the API, by method and path.
  local routes = {}
  for _, module in ipairs(http.ROUTES.api) do
    for _, route in ipairs(require(module)) do routes[route.method .. " " .. route.path] = route end
  end

  local operations = {}
  for path, item in pairs(description.paths) do
    for method, operation in pairs(item) do operations[method:upper() .. " " .. path] = operation end
  end

  local function resolved(node)
    local name = node["$ref"]
    if not name then return node end
    local place = description
    for step in name:gmatch "[^#/]+" do place = place[step] end
    return place
  end

  local function names(set)
    local list = {}
    for name in pairs(set) do list[#list + 1] = name end
    table.sort(list)
    return list
  end

  it("is a description that holds together", function() assert.equal("", openapi.problem()) end)

  it("describes every route, and nothing else", function() assert.same(names(routes), names(operations)) end)

  it("calls each route what it is called, and tells which are public", function()
    for name, route in pairs(routes) do
      assert.equal(route.id, operations[name].operationId)
      assert.equal(route.public or false, operations[name].security ~= nil, name)
    end
  end)

  it("tells what each query may hold", function()
    for name, route in pairs(routes) do
      local told = {}
      for _, parameter in ipairs(operations[name].parameters or {}) do
        parameter = resolved(parameter)
        if parameter["in"] == "query" then
          told[parameter.name] = true
          local field = (route.query or {})[parameter.name]
          assert.equal(field and field.is_list or false, parameter.schema.type == "array", name .. ": " .. parameter.name)
        end
      end
      assert.same(names(route.query or {}), names(told), name)
    end
  end)

  it("tells what each body may hold, and what it must", function()
    for name, route in pairs(routes) do
      local body = operations[name].requestBody
      assert.equal(route.body ~= nil or route.accepts ~= nil, body ~= nil, name)
      if body then assert.equal(not route.optional, body.required, name) end
      if route.body then
        local schema = resolved(body.content["application/json"].schema)
        assert.same(names(route.body.fields), names(schema.properties), name)
        assert.is_false(schema.additionalProperties, name)
        assert.is_truthy(schema.examples, name)
        local required = schema.required or {}
        table.sort(required)
        local wanted = { (table.unpack or unpack)(route.body.required) } -- luacheck: ignore
        table.sort(wanted)
        assert.same(wanted, required, name)
      elseif route.accepts then
        assert.is_truthy(body.content[route.accepts], name)
      end
    end
  end)

  -- What a shape says of itself, and what the schema of the same says.
  local function agree(at, field, schema)
    schema = resolved(schema)
    local longest, least, most = field.words:match "^a text of at most (%d+)", field.words:match "number from (%d+) to (%d+)"
    if field.words == "a text" then longest = 1000 end
    if longest and schema.type == "string" and not schema.enum then assert.equal(tonumber(longest), schema.maxLength, at) end
    if most then assert.same({ tonumber(least), tonumber(most) }, { schema.minimum, schema.maximum }, at) end
    if field.is_list then
      assert.equal(field.most, schema.maxItems, at)
      agree(at .. "[]", field.item, schema.items)
    end
    for name, member in pairs(field.fields or {}) do agree(at .. "." .. name, member, schema.properties[name]) end
  end

  it("tells how long, how many and how much", function()
    for name, route in pairs(routes) do
      for _, parameter in ipairs(operations[name].parameters or {}) do
        parameter = resolved(parameter)
        if parameter["in"] == "query" then agree(name .. "?" .. parameter.name, route.query[parameter.name], parameter.schema) end
      end
      if route.body then agree(name, route.body, operations[name].requestBody.content["application/json"].schema) end
    end
  end)

  it("tells of each operation what may go wrong", function()
    for name, operation in pairs(operations) do
      if not operation.security then assert.is_truthy(operation.responses["401"], name) end
      if name:find "{domain}" and not name:find "^%u+ /v1/check" then assert.is_truthy(operation.responses["404"], name) end
      if operation.requestBody then
        for _, status in ipairs { "400", "413", "415" } do assert.is_truthy(operation.responses[status], name .. " " .. status) end
      end
    end
  end)

  it("names no code that there is not", function()
    local codes = require "mailseal.http.codes"
    for name, operation in pairs(operations) do
      for status, response in pairs(operation.responses) do
        local text = tonumber(status) >= 400 and resolved(response).description or ""
        for code in text:gmatch "`([%l_]+)`" do
          local known = codes[code]
          local is_member = description.components.schemas.Problem.properties[code] ~= nil
          assert.is_truthy(is_member or known and tostring(known.status) == status, ("%s: %s %s"):format(name, status, code))
        end
      end
    end
  end)

  it("is served, and says where the API is", function()
    local stage = stages.new()
    finally(function() stage:close() end)
    local reply = stage:as(nil):get "/openapi.json"
    assert.same(description, reply.json)
    local other = stages.new { service = { api = "/mail/api" } }
    reply = other:get "/mail/api/openapi.json"
    other:close()
    assert.equal("/mail/api", reply.json.servers[1].url)
  end)
end)
