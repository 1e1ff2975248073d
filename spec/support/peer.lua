--- Other DKIM implementations, each a child process that takes many jobs at once.
--
-- A peer is started as `<command> DIRECTORY [REPEAT]`. The directory holds `rsa.pem` and `ed25519.pem` (PKCS#8) and
-- `zone` (a line a record: name, TAB, text). Jobs come on standard input, each a line and the octets of a message:
--
--     sign|verify rsa|ed25519 c/c domain selector size LF message
--
-- For each the peer answers `ok size LF text LF` or `no size LF text LF`: the header field it made, or why not. With
-- REPEAT it does each job that many times more, and its text is the microseconds of processor time one took.

local shell = require "spec.support.shell"

local M = {}

local BUILT = "build/interop/opendkim_peer"

-- The first Python that has dkimpy.
local function python()
  for _, command in ipairs { "python3", "/usr/bin/python3" } do
    if shell.succeeds(command .. " -c 'import dkim, nacl'") then
      return command
    end
  end
end

local function build_opendkim()
  local compiler = os.getenv("CC") or "cc"
  return shell.succeeds("mkdir -p build/interop && " .. compiler .. " -O1 -std=c11 -D_GNU_SOURCE -I. spec/interop/opendkim_peer.c"
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
    find = function() return shell.succeeds("perl -MMail::DKIM -e 1") and "perl spec/interop/mail_dkim_peer.pl" end,
  },
}

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
  local directory = shell.new_directory()
  local records = {}
  for name, text in pairs(zone) do
    records[#records + 1] = name .. "\t" .. text .. "\n"
  end
  shell.write(directory .. "/rsa.pem", keys.rsa)
  shell.write(directory .. "/ed25519.pem", keys.ed25519)
  shell.write(directory .. "/zone", table.concat(records))
  local result = shell.run(("%s %s %s"):format(command, shell.quote(directory), times or ""), encode_jobs(jobs))
  shell.remove_directory(directory)
  local answers, problem = decode_answers(result.out, #jobs)
  return answers or error(command .. ": " .. problem .. "\n" .. result.err, 2)
end

return M
