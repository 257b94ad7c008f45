-- The query for the list of bot statuses, and every request is one that nobody has made before: its variables differ.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

local PER_PAGE = 25
local PLATFORMS = 5
local pages = math.max(1, math.floor(accounts.count * PLATFORMS / PER_PAGE))
local QUERY = "query Statuses($page: Int) { adminBotStatuses(page: $page, perPage: 25) { page perPage total statuses { "
  .. "accountId accountName platform status effective pausedReason pausedUntil pausedBy lastHeartbeatAt updatedAt "
  .. "revision } } }"

setup, done = accounts.setup, accounts.done

local step = 0

function request()
  local page = 1 + (thread_index * 7919 + step) % pages
  step = step + 1
  local body = string.format(
    '{"query":"%s","variables":{"page":%d,"fresh":"%d-%d-%d"}}', QUERY, page, run_seed, thread_index, step)
  return wrk.format("POST", accounts.path("/v1/gql"), accounts.headers, body)
end
