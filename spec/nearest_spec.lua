local nearest = require "mailseal.nearest"

local WORDS = { "sendgrid", "sendgrid-auto", "mailgun", "mailjet", "kit", "ses" }

describe("the words nearest to one", function()
  it("are those that it is a part of, and those that it is a misspelling of", function()
    assert.same({ "sendgrid" }, nearest.words(WORDS, "sengrid"))
    assert.same({ "sendgrid", "sendgrid-auto" }, nearest.words(WORDS, "grid"))
    assert.same({ "postmark", "postmarks" }, nearest.words({ "postmarks", "postmark" }, "postmrk"))
  end)

  it("are none where nothing is near, nor where nobody means a word", function()
    assert.same({}, nearest.words(WORDS, "postmark"))
    assert.same({}, nearest.words(WORDS, ("x"):rep(1000000)))
    assert.same({}, nearest.words({}, "kit"))
  end)

  it("are five at most", function()
    assert.equal(5, #nearest.words({ "a1", "a2", "a3", "a4", "a5", "a6" }, "a"))
  end)
end)
