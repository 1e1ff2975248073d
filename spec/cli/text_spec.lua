local text = require "mailseal.cli.text"

describe("text from outside, shown on a terminal", function()
  it("stays as it is where it is harmless", function()
    assert.equal("Grüße, 世界 🙂 a\\b", text.printable("Grüße, 世界 🙂 a\\b"))
  end)

  it("has its control characters escaped", function()
    assert.equal("a\\027[2J\\013\\010b\\000\\127", text.printable("a\27[2J\r\nb\0\127"))
  end)

  it("has the controls of C1 and of writing direction escaped", function()
    assert.equal("\\194\\155x", text.printable("\194\155x"))
    assert.equal("\\226\\128\\174evil", text.printable("\226\128\174evil"))
    assert.equal("\\226\\129\\166", text.printable("\226\129\166"))
    assert.equal("\\216\\156", text.printable("\216\156"))
  end)

  it("has octets that are no UTF-8 escaped", function()
    assert.equal("\\255", text.printable("\255"))
    assert.equal("\\192\\128", text.printable("\192\128")) -- an overlong NUL
    assert.equal("\\237\\160\\128", text.printable("\237\160\128")) -- a surrogate
    assert.equal("\\244\\144\\128\\128", text.printable("\244\144\128\128")) -- beyond U+10FFFF
    assert.equal("a\\226\\130", text.printable("a\226\130")) -- cut short
  end)
end)

describe("UTF-8 made valid", function()
  it("keeps what is valid", function()
    assert.equal("né\0\127", text.utf8("né\0\127"))
  end)

  it("has U+FFFD for each octet that is not", function()
    assert.equal("a\239\191\189b\239\191\189\239\191\189", text.utf8("a\255b\226\130"))
  end)
end)

describe("the cause in an error of io", function()
  it("loses the file's name, which the caller tells", function()
    assert.equal("No such file or directory", text.cause("a (1).txt: No such file or directory", "a (1).txt"))
    assert.equal("Is a directory", text.cause("Is a directory", "a"))
  end)
end)
