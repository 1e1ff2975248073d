--- The page that adds a domain: which, who sends its mail, and then what that service has issued for it.
-- @module mailseal.web.new
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"
local words = require "mailseal.web.words"

local M = {}

-- ---- Fields.

local function problem_of(id, problem)
  return problem and h.p { class = "problem", id = id .. "-problem", icon.state "bad", h.span { problem } } or nil
end

-- What a field is described by, for who does not see it.
local function described(id, hint, problem)
  local list = {}
  list[#list + 1] = problem and id .. "-problem" or nil
  list[#list + 1] = hint and id .. "-hint" or nil
  return list[1] and table.concat(list, " ") or false
end

local function field(about, control)
  local id, problem = about.id, about.problem
  return h.div {
    class = "field" .. (problem and " has-problem" or ""), h.label { ["for"] = id, about.label },
    about.hint and h.p { class = "hint", id = id .. "-hint", about.hint } or nil, control, problem_of(id, problem),
  }
end

local function text_input(about)
  return h.input {
    id = about.id, name = about.name, type = "text", value = about.value or false, required = about.required or false,
    autocapitalize = "none", autocomplete = "off", spellcheck = "false", inputmode = about.inputmode or false,
    placeholder = about.example or false, aria_invalid = about.problem and "true" or false, aria_label = about.aria_label or false,
    aria_describedby = about.described or described(about.id, about.hint, about.problem),
  }
end

local function domain_field(data)
  local problem = data.problems and data.problems.domain
  local about = {
    id = "domain", name = "domain", label = "Domain", value = data.domain, required = true, example = "mail.example.com", inputmode = "url",
    hint = "The one that stands behind the @ in your senders' addresses. A subdomain for each purpose keeps their reputations apart.",
    problem = problem,
  }
  return field(about, text_input(about))
end

-- ---- Vars of a provider.

local function joined(value) return type(value) == "table" and table.concat(value, ", ") or value end

-- What is said of a var beside its name: where it is shown, and what it looks like.
local function hint_of(var, rule)
  local list = {}
  if var.issued_by == "provider" and var.where then
    list[#list + 1] = ("%s shows it %s."):format(rule.name, var.where)
  end
  local example = joined(var.example)
  list[#list + 1] = example and not var.choices and ("It looks like %s."):format(example) or nil
  list[#list + 1] = var.form == "key" and "Paste the whole text of the record: it holds p= and a long key." or nil
  list[#list + 1] = not var.choices and var.default and ("Unless told, it is %s."):format(joined(var.default)) or nil
  return list[1] and table.concat(list, " ") or nil
end

local function select_of(about, choices, chosen)
  local options = {}
  for i, choice in ipairs(choices) do
    options[i] = h.option { value = choice, selected = choice == chosen or false, (words.plain(choice)) }
  end
  return h.select {
    id = about.id, name = about.name, aria_describedby = described(about.id, about.hint, about.problem),
    aria_invalid = about.problem and "true" or false, options,
  }
end

-- A list of so many items: a field each.
local function items_of(about, var)
  local list = {}
  for i = 1, var.count do
    local id = i == 1 and about.id or about.id .. "-" .. i
    list[i] = h.div {
      class = "item", h.label { ["for"] = id, class = "number", ("%d of %d"):format(i, var.count) },
      text_input {
        id = id, name = about.name, value = type(about.value) == "table" and about.value[i] or nil,
        required = about.required, example = type(var.example) == "table" and var.example[i] or nil,
        problem = about.problem, described = described(about.id, about.hint, about.problem),
      },
    }
  end
  return list
end

local function list_field(about, var)
  local problem, id = about.problem, about.id
  return h.fieldset {
    class = "field items" .. (problem and " has-problem" or ""), aria_describedby = described(id, about.hint, problem),
    h.legend { about.label }, about.hint and h.p { class = "hint", id = id .. "-hint", about.hint } or nil,
    items_of(about, var), problem_of(id, problem),
  }
end

-- A list of as many as there are: one a line.
local function lines_field(about, var)
  local value = about.value
  return field(about, h.textarea {
    id = about.id, name = about.name, rows = math.min(6, var.most or 3), spellcheck = "false", autocapitalize = "none",
    aria_describedby = described(about.id, about.hint, about.problem), aria_invalid = about.problem and "true" or false,
    h.lines(type(value) == "table" and table.concat(value, "\n") or value or ""),
  })
end

local function var_field(one, data)
  local var, name = one.var, one.name
  local about = {
    id = "var-" .. name, name = "var." .. name, label = words.capital(var.text), hint = hint_of(var, data.rule), value = data.vars[name],
    required = one.required, problem = data.problems and data.problems[name],
  }
  if var.count then
    return list_field(about, var)
  elseif var.least then
    about.hint = "One a line. " .. (about.hint or "")
    return lines_field(about, var)
  elseif var.form == "key" then
    return lines_field(about, { most = 4 })
  elseif var.choices then
    return field(about, select_of(about, var.choices, data.vars[name] or var.default))
  end
  about.example = one.required and type(var.example) == "string" and var.example or nil
  return field(about, text_input(about))
end

local function var_fields(list, data)
  local fields = {}
  for i, one in ipairs(list) do
    fields[i] = var_field(one, data)
  end
  return fields
end

local function has_problem(list, problems)
  for _, one in ipairs(list) do
    if problems and problems[one.name] then
      return true
    end
  end
  return false
end

-- ---- Two steps.

local function summary(data)
  local count = 0
  for _ in pairs(data.problems or {}) do
    count = count + 1
  end
  return count > 0 and piece.notice("bad", {
    h.strong { count == 1 and "One thing is not right yet." or words.number(count) .. " things are not right yet." },
    data.problems.all and " " .. data.problems.all or nil,
  }) or nil
end

local function provider_field(data)
  local options = { h.option { value = "", "Choose…" } }
  for _, one in ipairs(data.providers) do
    options[#options + 1] = h.option { value = one.id, selected = data.rule ~= nil and one.id == data.rule.id, one.name }
  end
  local problem = data.problems and data.problems.provider
  local about = {
    id = "provider", label = "Who sends its mail?", problem = problem,
    hint = "The mail service or marketing product that it is sent with. Own mail server: we make the key, and you sign with it here.",
  }
  return field(about, h.select {
    id = "provider", name = "provider", required = true, aria_invalid = problem and "true" or false,
    aria_describedby = described("provider", true, problem), options,
  })
end

local function first_step(page, data)
  return {
    h.h1 { "Add a domain" }, summary(data), h.form {
      method = "get", action = link.to(page.base, "domains", "new"), class = "panel", domain_field(data), provider_field(data),
      h.div { class = "buttons", h.button { type = "submit", class = "button primary", "Continue" } },
    },
  }
end

local function variant_field(page, data)
  if not data.variants[1] then
    return nil
  end
  local options = { h.option { value = "", "The usual set-up" } }
  for _, one in ipairs(data.variants) do
    options[#options + 1] = h.option { value = one.name, selected = one.name == data.variant, words.capital(one.text) }
  end
  return h.form {
    method = "get", action = link.to(page.base, "domains", "new"), class = "panel variant",
    h.input { type = "hidden", name = "domain", value = data.domain }, h.input { type = "hidden", name = "provider", value = data.rule.id },
    h.div {
      class = "field", h.label { ["for"] = "variant", "Which way?" },
      h.div {
        class = "inline", h.select { id = "variant", name = "variant", options },
        h.button { type = "submit", class = "button", "Change" },
      },
    },
  }
end

local function asked(data)
  local rule, list = data.rule, data.asked
  if not list[1] then
    return h.p { class = "lead", ("Nothing else is needed: the records follow from the domain alone, or %s."):format(
      rule.generates == "key" and "from a key that is made here" or "its provider shows them") }
  end
  return { h.h2 { ("What %s has issued for you"):format(rule.name) }, var_fields(list, data) }
end

-- What was chosen before goes along.
local function hidden(data)
  return {
    h.input { type = "hidden", name = "domain", value = data.domain }, h.input { type = "hidden", name = "provider", value = data.rule.id },
    data.variant and h.input { type = "hidden", name = "variant", value = data.variant } or nil,
  }
end

local function domain_problem(data, again)
  local problem = data.problems and data.problems.domain
  return problem and h.div {
    class = "panel", h.p { class = "problem", icon.state "bad", h.span { problem } }, h.p { h.a { href = again, "Type another domain" } },
  } or nil
end

local function second_step(page, data)
  local more = data.more[1] and h.details {
    open = has_problem(data.more, data.problems), h.summary { "More, where the usual is not right" }, var_fields(data.more, data),
  } or nil
  local again = link.query(link.to(page.base, "domains", "new"), { { "domain", data.domain } })
  return {
    h.h1 { "Add ", h.span { class = "name", data.domain } }, summary(data),
    domain_problem(data, again), variant_field(page, data),
    h.form {
      method = "post", action = link.to(page.base, "domains"), class = "panel",
      hidden(data), h.p { class = "chosen-provider", "Its mail is sent by ", h.b { data.rule.name }, ". ", h.a { href = again, "Change" } },
      asked(data), more,
      h.div {
        class = "buttons", h.button { type = "submit", class = "button primary", "Add the domain" },
        h.a { class = "button", href = page.base, "Cancel" },
      },
    },
  }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `domain`: as it was typed, or nil; `providers`: a list of `id` and `name`
-- - `rule`: that of the provider which was chosen; nil for the first step
-- - `asked`, `more`: what must, and what may be told: lists of `name`, `var` (as of the rule) and `required`
-- - `variants`: a list of `name` and `text`; `variant`, the one that was chosen
-- - `vars`: what was given, by name: texts, and lists of them
-- - `problems`: what is wrong, by the field's name ("domain", "provider", or a var's), and `all` for what is no field's
-- @treturn string
function M.draw(page, data)
  local content = data.rule and second_step(page, data) or first_step(page, data)
  return layout.page(page, { title = "Add a domain", place = "new", class = "narrow" }, content)
end

return M
