-- PUT pauses and resumes in turn, each a real change: a pause has an `until` that no earlier one had, and a resume
-- follows the pause of the same account at a distance greater than the number of connections.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

local PLATFORM = "twitch"
local DISTANCE = 256
local THREADS = tonumber(os.getenv("THREADS") or "1")

setup, done = accounts.setup, accounts.done

local step, share, resumes = 0, nil, false

local function put(account, body)
  local path = "/v1/admin/bot-control/" .. account .. "/" .. PLATFORM
  return wrk.format("PUT", accounts.path(path), accounts.headers, body)
end

local function pause()
  local until_text = os.date("!%Y-%m-%dT%H:%M:%SZ", run_seed + 86400 + step)
  local body = string.format('{"paused":true,"reason":"raid in progress","until":"%s"}', until_text)
  local request_text = put(accounts.account(share, step), body)
  step = step + 1
  return request_text
end

function request()
  share = share or accounts.share(THREADS)
  resumes = not resumes and step > DISTANCE
  if resumes then
    return put(accounts.account(share, step - 1 - DISTANCE), '{"paused":false,"reason":"the raid is over"}')
  end
  return pause()
end
