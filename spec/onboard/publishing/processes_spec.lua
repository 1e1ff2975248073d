-- mailseal.onboard.publishing.applying: publications of several processes, and of such as are killed.
local databases = require "spec.support.databases"
local file_zone = require "spec.support.file_zone"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"

local NOW = require "spec.support.onboarding".NOW

-- What example.com holds before anybody publishes there.
local function zones()
  return { ["example.com"] = {
    ["example.com TXT"] = { name = "example.com", type = "TXT", ttl = 300, values = { '"v=spf1 mx -all"' } },
  } }
end

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
else
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind)
    local directory, url, path, stage

    before_each(function()
      directory, url = shell.new_directory(), new_database()
      path = directory .. "/zones"
      file_zone.save(path, zones())
      local target = file_zone.new(path)
      stage = stage_of.open { db = url, target = target, sets = function() return file_zone.load(path) end }
      assert(stage.tenant:create { domain = "example.com", provider = "test-cname" })
    end)
    after_each(function()
      stage:close()
      shell.remove_directory(directory)
    end)

    local function command(what, now, point, go)
      return ("LUA_PATH=%s LUA_CPATH=%s $LUA spec/support/publisher.lua %s %s %d %s %d %s"):format(shell.quote(package.path .. ";;"),
        shell.quote(shell.core .. ";;"), shell.quote(url), path, now, what, point, go or "")
    end

    local function count(word)
      local n = 0
      for _, one in ipairs(stage:kinds()) do n = n + (one == word and 1 or 0) end
      return n
    end

    local function open_publications()
      return stage.registry.db:read(function(tx)
        return tx:row("SELECT count(*) AS n FROM publications WHERE state = 'under_way'").n
      end)
    end

    -- Kills it at each moment in turn, and runs it again when the lease is over: it ends right.
    local function kill_everywhere(what, check)
      local point, killed = 1, 0
      repeat
        local first = shell.run(command(what, stage.now, point))
        stage.now = stage.now + 60
        if first.status ~= 0 then
          assert.is_true(first.status > 128, first.err)
          killed = killed + 1
          local second = shell.run(command(what, stage.now, 0))
          assert.equal(0, second.status, second.err)
        end
        check(first.status == 0)
        point = point + ((kind == "postgresql" and 3) or (what == "undo" and 2) or 1)
      until first.status == 0
      return killed
    end

    describe("A publication", function()
      it("that is killed, at whatever moment, is brought to its end by the next one, and can be taken back whole (Sure)", function()
        local before = file_zone.load(path)
        local killed = kill_everywhere("apply", function()
          local again = shell.run(command("apply", stage.now, 0))
          assert.equal("unchanged\n", again.out)
          assert.equal(0, open_publications())
          assert.equal("verified", stage.tenant:get("example.com").status)
          local undone = shell.run(command("undo", stage.now, 0))
          assert.equal(0, undone.status, undone.err)
          assert.same(before, file_zone.load(path))
          stage.now = stage.now + 60
        end)
        assert.is_true(killed >= (kind == "sqlite" and 12 or 4), killed)
      end)

      it("that is taken back, and killed, is taken back by the next one", function()
        local before = file_zone.load(path)
        assert.equal("changed\n", shell.run(command("apply", stage.now, 0)).out)
        local published = file_zone.load(path)
        kill_everywhere("undo", function(is_last)
          assert.same(before, file_zone.load(path))
          assert.equal(0, open_publications())
          if is_last then return end
          assert.equal("changed\n", shell.run(command("apply", stage.now, 0)).out)
          published["example.com"]["_mailseal-challenge.example.com TXT"] = nil -- it is proven by now
          local found = file_zone.load(path)
          found["example.com"]["_mailseal-challenge.example.com TXT"] = nil
          assert.same(published, found)
          stage.now = stage.now + 60
        end)
      end)

      it("of which there are several at once is made by one: nothing is doubled, and nothing told twice (Sure)", function()
        local go, lines = directory .. "/go", {}
        for i = 1, 3 do lines[i] = ("%s >%s/out.%d 2>&1 &"):format(command("apply", NOW, 0, go), directory, i) end
        lines[4] = ("for _ in $(seq 3000); do [ $(cat %s/out.* | grep -c ready) = 3 ] && break; sleep 0.01; done; touch %s; wait"):format(
          directory, go)
        shell.run(table.concat(lines, "\n"))
        local told = {}
        for i = 1, 3 do
          local word = shell.read(("%s/out.%d"):format(directory, i)):match "ready\n([%w_]+)"
          told[word or "?"] = (told[word or "?"] or 0) + 1
        end
        assert.equal(1, told.changed)
        assert.equal(2, (told.publish_under_way or 0) + (told.unchanged or 0))
        assert.equal(1, count "published")
        assert.equal(1, count "publish_begun")
        for _, set in pairs(file_zone.load(path)["example.com"]) do
          local seen = {}
          for _, value in ipairs(set.values) do
            assert.is_nil(seen[value])
            seen[value] = true
          end
        end
      end)
    end)
  end)
end
