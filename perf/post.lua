-- wrk: every request is POST /v1/messages to another number, or POST /v1/batches with as many messages; prints one line of JSON at the end.
-- Arguments after "--": a first part of the number that no earlier run has used, the API key, messages a request (0: one, alone), and of how many
-- accounts (0: of one; else the keys are KEY-0, KEY-1, …, by turns).
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  batch, count = tonumber(args[3]), 0
  local accounts = tonumber(args[4])
  headers = {}
  for i = 0, math.max(0, accounts - 1) do
    local key = accounts == 0 and args[2] or args[2] .. "-" .. i
    headers[i + 1] = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key}
  end
  local text = string.rep("Godwits fly for eleven days. ", 4):sub(1, 100)
  first, last = string.format('{"to":"+%s%d', args[1], number), string.format('","text":"%s"}', text)
end

local function message()
  count = count + 1
  return first .. string.format("%06d", count) .. last
end

function request()
  local headers = headers[count % #headers + 1]
  if batch == 0 then return wrk.format("POST", "/v1/messages", headers, message()) end
  local messages = {}
  for i = 1, batch do messages[i] = message() end
  return wrk.format("POST", "/v1/batches", headers, '{"messages":[' .. table.concat(messages, ",") .. "]}")
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"refused":%d,"socketErrors":%d,"timeouts":%d,"seconds":%.3f,"p50Ms":%.2f,"p99Ms":%.2f,"maxMs":%.2f}\n',
    summary.requests, e.status, e.connect + e.read + e.write, e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
