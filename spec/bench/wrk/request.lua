-- For wrk: requests as they are told behind --, `name=value` each:
--
--     token    who asks
--     method, path   what for; %d in the path stands for 1, 2 …, in turn, up to `count`
--     body     a file, with a message
--     pause    milliseconds that a connection waits between two requests
--
-- In the end it prints figures, `name value` a line: times in milliseconds.

local function read(path)
  local file = assert(io.open(path, "rb"))
  local octets = file:read "*a"
  file:close()
  return octets
end

function init(arguments)
  local told = {}
  for _, argument in ipairs(arguments) do
    local name, value = argument:match "^(%l+)=(.*)$"
    told[name] = value
  end
  wrk.method, wrk.path = told.method or "GET", told.path
  wrk.headers["Authorization"] = told.token and "Bearer " .. told.token
  if told.body then
    wrk.body = read(told.body)
    wrk.headers["Content-Type"] = "message/rfc822"
  end
  if told.pause then
    local pause = tonumber(told.pause)
    function delay() return pause end
  end
  if told.count then
    local count, turn = tonumber(told.count), 0
    function request()
      turn = turn % count + 1
      return wrk.format(wrk.method, (told.path:gsub("%%d", turn)))
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(("figures\nrate %.3f\ncount %d\np50 %.3f\np99 %.3f\nmost %.3f\nrefused %d\nfailed %d"):format(
    summary.requests / summary.duration * 1e6, summary.requests, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
