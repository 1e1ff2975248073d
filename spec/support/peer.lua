--- Other DKIM implementations, each a child process that takes many jobs at once.
--
-- A peer is started as `<command> DIRECTORY [REPEAT]`. The directory holds `rsa.pem` and `ed25519.pem` (PKCS#8) and
-- `zone` (a line a record: name, TAB, text). Jobs come on standard input, each a line and the octets of a message:
--
--     sign|verify rsa|ed25519 c/c domain selector size LF message
--
-- For each the peer answers `ok size LF text LF` or `no size LF text LF`: the header field it made, or why not. With
-- REPEAT it does each job that many times more, and its text is the microseconds of processor time one took.

local M = {}

local BUILT = "build/interop/opendkim_peer"

local function succeeds(command)
  local ok = os.execute(command .. " >/dev/null 2>&1")
  return ok == true or ok == 0
end

-- The first Python that has dkimpy.
local function python()
  for _, command in ipairs { "python3", "/usr/bin/python3" } do
    if succeeds(command .. " -c 'import dkim, nacl'") then
      return command
    end
  end
end

local function build_opendkim()
  local compiler = os.getenv("CC") or "cc"
  return succeeds("mkdir -p build/interop && " .. compiler .. " -O1 -std=c11 -D_GNU_SOURCE -I. spec/interop/opendkim_peer.c"
    .. " -lopendkim -o " .. BUILT)
end

--- The peers: what each is called, the package that has it, which keys it can use, and how it is started.
M.known = {
  {
    name = "libopendkim", package = "libopendkim-dev", algorithms = { "rsa", "ed25519" },
    find = function() return build_opendkim() and BUILT end,
  },
  {
    name = "dkimpy", package = "python3-dkim, python3-nacl", algorithms = { "rsa", "ed25519" },
    find = function() return python() and python() .. " spec/interop/dkimpy_peer.py" end,
  },
  {
    name = "Mail::DKIM", package = "libmail-dkim-perl", algorithms = { "rsa" },
    find = function() return succeeds("perl -MMail::DKIM -e 1") and "perl spec/interop/mail_dkim_peer.pl" end,
  },
}

local function write_file(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

local function read_file(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function temporary_directory()
  local pipe = assert(io.popen("mktemp -d"))
  local directory = pipe:read("*l")
  pipe:close()
  return assert(directory, "mktemp -d failed")
end

local function encode_jobs(jobs)
  local out = {}
  for i, job in ipairs(jobs) do
    out[i] = ("%s %s %s %s %s %d\n%s"):format(
      job.verb, job.algorithm, job.canonicalization, job.domain, job.selector, #job.message, job.message)
  end
  return table.concat(out)
end

local function decode_answers(text, count)
  local answers, at = {}, 1
  for i = 1, count do
    local word, size, stop = text:match("^(%l%l) (%d+)\n()", at)
    if not word then
      return nil, "the peer stopped at job " .. i
    end
    answers[i] = { ok = word == "ok", text = text:sub(stop, stop + size - 1) }
    at = stop + size + 1
  end
  return answers
end

--- Lets a peer do all jobs, in one process.
-- @tparam string command what `find` gave
-- @tparam table keys `rsa` and `ed25519`: PEM, PKCS#8
-- @tparam table zone texts of TXT records by name
-- @tparam table jobs a list of `{ verb =, algorithm =, canonicalization =, domain =, selector =, message = }`
-- @tparam[opt] integer times how often each is done more, to be timed
-- @treturn table a list of `{ ok = boolean, text = string }`; raises where the peer breaks down
function M.run(command, keys, zone, jobs, times)
  local directory = temporary_directory()
  local records = {}
  for name, text in pairs(zone) do
    records[#records + 1] = name .. "\t" .. text .. "\n"
  end
  write_file(directory .. "/rsa.pem", keys.rsa)
  write_file(directory .. "/ed25519.pem", keys.ed25519)
  write_file(directory .. "/zone", table.concat(records))
  write_file(directory .. "/jobs", encode_jobs(jobs))
  local pipe = assert(io.popen(("%s %s %s <%s/jobs 2>%s/errors"):format(command, directory, times or "", directory, directory)))
  local output = pipe:read("*a")
  pipe:close()
  local answers, problem = decode_answers(output, #jobs)
  local errors = read_file(directory .. "/errors")
  os.execute("rm -r " .. directory)
  return answers or error(command .. ": " .. problem .. "\n" .. errors, 2)
end

return M
