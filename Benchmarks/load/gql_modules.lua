-- POST the query for an account's bot modules, one account after the other.
package.path = (debug.getinfo(1, "S").source:match("^@(.*/)") or "./") .. "?.lua;" .. package.path
local accounts = require("accounts")

local QUERY = "query Modules($account: ID) { botModules(accountId: $account) { id accountId moduleName enabled config "
  .. "exemptRoles createdAt updatedAt revision } }"

setup, done = accounts.setup, accounts.done

local step = 0

function request()
  local account = accounts.id((thread_index * 7919 + step) % accounts.count)
  step = step + 1
  local body = string.format('{"query":"%s","variables":{"account":"%s"}}', QUERY, account)
  return wrk.format("POST", accounts.path("/v1/gql"), accounts.headers, body)
end
