-- GET an account's bot modules, one account after the other.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

setup, done = accounts.setup, accounts.done

local step = 0

function request()
  local account = accounts.id((thread_index * 7919 + step) % accounts.count)
  step = step + 1
  return wrk.format("GET", accounts.path("/v1/bot-modules?account_id=" .. account), accounts.headers)
end
