-- What the load scripts share: the caller's token, the accounts, and the JSON line at the end.
-- Environment: TOKEN, ACCOUNTS (how many there are), and FLOOR_PATH to send the same requests to the floor's one route.

local M = { count = tonumber(os.getenv("ACCOUNTS") or "10000") }

local floor_path = os.getenv("FLOOR_PATH")
local token = os.getenv("TOKEN") or ""

M.headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }

function M.path(path)
  return floor_path or path
end

function M.id(number)
  return string.format("acct_%06d", number)
end

-- wrk runs a Lua state per thread; each gets accounts of its own, so that no two threads change the same one.
local threads = 0

function M.setup(thread)
  thread:set("thread_index", threads)
  threads = threads + 1
  thread:set("run_seed", os.time())
end

function M.share(threads_total)
  local size = math.max(1, math.floor(M.count / threads_total))
  return { first = (thread_index % threads_total) * size, size = size }
end

function M.account(share, step)
  return M.id((share.first + step % share.size) % M.count)
end

function M.done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"duration_s":%.3f,"rate":%.1f,"p50_us":%.1f,"p99_us":%.1f,"non_2xx":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
    latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end

return M
