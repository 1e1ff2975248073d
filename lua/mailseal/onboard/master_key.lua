--- The master key: 32 octets in a file outside of the database, under which the private keys in it are sealed.
--
-- The file holds base64, as `openssl rand -base64 32` writes it; it is an ordinary file of whoever runs this, with no right for
-- anybody else (0600). It is made where there is none and the database has never known one. Keep a copy of it elsewhere than the
-- database's: without it the keys in the database are lost, and with it they are not secret.
--
-- The database knows a code made with the key, so that the wrong one is told when it is opened and not when mail is to be signed.
-- @module mailseal.onboard.master_key
local hexadecimal = require "mailseal.printable".hexadecimal
local meta = require "mailseal.store.meta"
local seal = require "mailseal.core".seal

local M = {}

-- Under which name the database knows the code, and of what it is the code.
local NAME, TEXT = "master_key_code", "mailseal master key"

local function code_of(key)
  return hexadecimal(key:code(TEXT))
end

--- What is answered where a private key is to be made, or used, and the registry was opened without a master key.
-- @treturn nil
-- @treturn string a message
-- @treturn string `no_master_key`
function M.missing()
  return nil, "private keys are sealed with a master key, and the registry was opened without one", "no_master_key"
end

-- A new key in a file; another process may have been faster, and then it is that one's.
local function make(path)
  local key = seal.new_key()
  local saved, message, code = key:save(path)
  if saved then
    return key
  elseif code == "exists" then
    return seal.read_key(path)
  end
  return nil, message, code
end

--- Opens the master key of a database, or makes it.
-- @tparam table db see `mailseal.store`
-- @tparam string path the file
-- @treturn[1] userdata the key, which seals and opens and does not show itself
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `not_found` (the database's keys are sealed, and the file is not there), `wrong_master_key`, `not_private` (others
--   may read it), `not_a_file`, `bad_key`, `too_large`, `unreadable`, `bad_path`; of a file that is to be made `not_permitted`,
--   `no_space`, `io_error`; or a code of `mailseal.store`
function M.open(db, path)
  local found, message, code = db:read(function(tx)
    return { code = meta.get(tx, NAME) }
  end)
  if not found then
    return nil, message, code
  end
  local key
  key, message, code = seal.read_key(path)
  if code == "not_found" and found.code then
    return nil, path .. " is not there: the keys in this database are sealed with the master key that it held", code
  elseif code == "not_found" then
    key, message, code = make(path)
  end
  if not key then
    return nil, message, code
  end
  local own, known = code_of(key), found.code
  if not known then
    known, message, code = db:write(function(tx)
      return meta.keep(tx, NAME, own)
    end)
  end
  if not known then
    return nil, message, code
  elseif not seal.same(own, known) then
    return nil, path .. " holds another master key than the one that this database's keys are sealed with", "wrong_master_key"
  end
  return key
end

return M
