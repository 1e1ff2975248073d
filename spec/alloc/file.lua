-- Output files: made, replaced, behind a symbolic link. What a directory holds.
local file = require "mailseal.core".file

local path = os.tmpname()
local link = os.tmpname()
os.execute(("ln -sf %s %s"):format(path, link))

return function(try)
  for _, name in ipairs { path, link } do
    local made = try(file.create(name))
    assert(try(made:write("some octets")))
    assert(try(made:finish()))
  end
  assert(#try(file.names("spec/alloc", 100)) > 1)
end
