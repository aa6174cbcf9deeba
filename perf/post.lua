-- wrk: every request is POST /v1/messages to another number; prints one line of JSON at the end.
-- Arguments after "--": a first part of the number that no earlier run has used, and the API key.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  prefix, key, count = args[1], args[2], 0
  headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. key}
  text = string.rep("Godwits fly for eleven days. ", 4):sub(1, 100)
end

function request()
  count = count + 1
  local body = string.format('{"to":"+%s%d%06d","text":"%s"}', prefix, number, count, text)
  return wrk.format("POST", "/v1/messages", headers, body)
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"refused":%d,"socketErrors":%d,"timeouts":%d,"seconds":%.3f,"p50Ms":%.2f,"p99Ms":%.2f,"maxMs":%.2f}\n',
    summary.requests, e.status, e.connect + e.read + e.write, e.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
