-- GET the list of bot statuses, 25 rows at a time, through all its pages: accounts × 5 platforms.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

local PER_PAGE = 25
local PLATFORMS = 5
local pages = math.max(1, math.floor(accounts.count * PLATFORMS / PER_PAGE))

setup, done = accounts.setup, accounts.done

local step = 0

function request()
  local page = 1 + (thread_index * 7919 + step) % pages
  step = step + 1
  local path = string.format("/v1/admin/bot-control/statuses?page=%d&per_page=%d", page, PER_PAGE)
  return wrk.format("GET", accounts.path(path), accounts.headers)
end
