-- PUT the link protection of one account after the other, each time with another duration, so that each is a change.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

local DURATION_SECONDS_MAX = 1209600
local THREADS = tonumber(os.getenv("THREADS") or "1")

setup, done = accounts.setup, accounts.done

local step, share = 0, nil

function request()
  share = share or accounts.share(THREADS)
  local body = string.format(
    '{"enabled":true,"config":{"action":"timeout","timeout_duration":%d,"whitelist_domains":["twitch.tv","clips.twitch.tv"],'
      .. '"warning_message":"No links please"},"exempt_roles":{"moderators":true,"vips":true}}',
    1 + (run_seed + step) % DURATION_SECONDS_MAX)
  local path = "/v1/bot-modules/link_protection?account_id=" .. accounts.account(share, step)
  step = step + 1
  return wrk.format("PUT", accounts.path(path), accounts.headers, body)
end
