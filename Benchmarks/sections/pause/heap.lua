-- The heap of Lua: reads a name and a number, answers with `= ` and a number.

local parked, kept, jobs = {}, {}, {}

function jobs.park(n)
   for i = 1, n do
      local fiber = coroutine.create(function() coroutine.yield() end)
      coroutine.resume(fiber)
      parked[#parked + 1] = fiber
   end
   return #parked
end

-- A hundred thousand small objects.
function jobs.grow()
   local items = {}
   for i = 0, 50000 - 1 do items[#items + 1] = {id = i, name = "name " .. i} end
   kept[#kept + 1] = items
   return #kept
end

-- A thousand small objects that nobody keeps.
function jobs.churn()
   local sum = 0
   for i = 0, 500 - 1 do
      local item = {id = i, name = "name " .. i}
      sum = sum + item.id
   end
   return sum
end

-- Nothing at all.
function jobs.rest() return 124750 end

io.stdout:setvbuf("line")
for line in io.lines() do
   local job, n = line:match("(%a+)/?(%d*)")
   print("= " .. jobs[job](tonumber(n)))
end
