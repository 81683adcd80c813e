-- What is sent, and a report that a program can read.
--   wrk … -- post FILE TYPE      sends the bytes of FILE as a body of that type
--   wrk … -- paths N PATTERN     asks for PATTERN with each number below N in turn

local paths, next = {}, 0

function init(args)
   if args[1] == "post" then
      local file = assert(io.open(args[2], "rb"))
      wrk.method, wrk.body = "POST", file:read("*a")
      wrk.headers["Content-Type"] = args[3]
      file:close()
   elseif args[1] == "paths" then
      for i = 1, tonumber(args[2]) do
         paths[i] = wrk.format("GET", args[3]:format(i - 1))
      end
      request = function()
         next = next % #paths + 1
         return paths[next]
      end
   end
end

function done(summary, latency)
   local e = summary.errors
   io.write(string.format(
      "bench requests=%d duration=%d errors=%d p50=%d p99=%d p999=%d max=%d\n",
      summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
      latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
