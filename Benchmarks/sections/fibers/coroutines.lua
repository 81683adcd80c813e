-- Lua's coroutines: reads a name and a number, answers with `= ` and the sum.

local jobs = {}

function jobs.run(n)
   local sum = 0
   for i = 0, n - 1 do coroutine.wrap(function() sum = sum + i end)() end
   return sum
end

-- Each step resumes the other and parks itself.
function jobs.handOver(n)
   local echo = coroutine.wrap(function(value)
      while true do value = coroutine.yield(value) end
   end)
   local sum = 0
   for i = 0, n - 1 do sum = sum + echo(i) end
   return sum
end

local parked = {}

function jobs.park(n)
   for i = 1, n do
      local fiber = coroutine.create(function() coroutine.yield() end)
      coroutine.resume(fiber)
      parked[#parked + 1] = fiber
   end
   return #parked
end

io.stdout:setvbuf("line")
for line in io.lines() do
   local name, n = line:match("(%a+) (%d+)")
   print(("= %d"):format(jobs[name](tonumber(n))))
end
