-- The programs in Lua 5.4 and LuaJIT: reads names, and answers each with `= ` and what the program gives.

local programs = {}

local function fib(n)
   if n < 2 then return n end
   return fib(n - 1) + fib(n - 2)
end

function programs.calls() return fib(30) end

function programs.whileLoop()
   local sum, i = 0, 0
   while i < 10000000 do
      sum = sum + i
      i = i + 1
   end
   return sum
end

function programs.forLoop()
   local sum = 0
   for i = 0, 10000000 - 1 do sum = sum + i * 3 % 7 end
   return sum
end

function programs.floats()
   local sum, x = 0.0, 0.5
   for i = 0, 5000000 - 1 do
      x = x * 1.0000001 + 0.25
      sum = sum + x / 3.0
   end
   return sum
end

function programs.interpolation()
   local name, total = "world", 0
   for i = 0, 1000000 - 1 do
      local text = "Hello " .. name .. "!"
      total = total + #text
   end
   return total
end

function programs.longInterpolation()
   local name, total = "world", 0
   for i = 0, 1000000 - 1 do
      local text = "Hello " .. name .. ", you are visitor number " .. i .. "!"
      total = total + #text
   end
   return total
end

function programs.building()
   local total = 0
   for round = 1, 10 do
      local lines = {}
      for i = 0, 50000 - 1 do
         lines[#lines + 1] = "line "
         lines[#lines + 1] = tostring(i)
         lines[#lines + 1] = "\n"
      end
      total = total + #table.concat(lines)
   end
   return total
end

function programs.growing()
   local total = 0
   for round = 1, 5 do
      local text = ""
      for i = 0, 10000 - 1 do text = text .. "line " .. i .. "\n" end
      total = total + #text
   end
   return total
end

function programs.array()
   local numbers = {}
   for i = 0, 1000000 - 1 do numbers[#numbers + 1] = i end
   local sum = 0
   for round = 1, 5 do
      for i = 1, 1000000 do sum = sum + numbers[i] end
   end
   return sum
end

function programs.numberKeys()
   local squares = {}
   for i = 0, 500000 - 1 do squares[i * 7] = i end
   local sum = 0
   for i = 0, 500000 - 1 do sum = sum + squares[i * 7] end
   return sum
end

function programs.textKeys()
   local keys = {}
   for i = 0, 1000 - 1 do keys[#keys + 1] = "key" .. i end
   local counts = {}
   for i = 0, 1000000 - 1 do
      local key = keys[i % 1000 + 1]
      counts[key] = (counts[key] or 0) + 1
   end
   return counts["key7"]
end

function programs.words()
   local texts = {}
   for i = 0, 200000 - 1 do texts[#texts + 1] = "word" .. i * 7 % 5003 end
   local text = table.concat(texts, " ")
   local counts, different = {}, 0
   for word in text:gmatch("[^ ]+") do
      if not counts[word] then different = different + 1 end
      counts[word] = (counts[word] or 0) + 1
   end
   return different * 1000 + counts["word7"]
end

local function randoms(n)
   local numbers, x = {}, 12345
   for i = 1, n do
      x = x * 16807 % 2147483647
      numbers[#numbers + 1] = x
   end
   return numbers
end

function programs.sorting()
   local numbers = randoms(100000)
   table.sort(numbers, function(x, y) return x < y end)
   return numbers[501]
end

local function merged(numbers, isBefore)
   local n = #numbers
   local source, target = numbers, {}
   for i = 1, n do target[#target + 1] = 0 end
   local width = 1
   while width < n do
      local low = 0
      while low < n do
         local middle = low + width
         if middle > n then middle = n end
         local high = middle + width
         if high > n then high = n end
         local i, j, k = low, middle, low
         while k < high do
            if i < middle and (j >= high or not isBefore(source[j + 1], source[i + 1])) then
               target[k + 1] = source[i + 1]
               i = i + 1
            else
               target[k + 1] = source[j + 1]
               j = j + 1
            end
            k = k + 1
         end
         low = high
      end
      source, target = target, source
      width = width * 2
   end
   return source
end

function programs.mergeSort()
   local numbers = randoms(100000)
   local ordered = merged(numbers, function(x, y) return x < y end)
   return ordered[501]
end

-- Lua has no map of its own.
local function each(numbers, change)
   local changed = {}
   for i = 1, #numbers do changed[#changed + 1] = change(numbers[i]) end
   return changed
end

function programs.ownMapping()
   local numbers = {}
   for i = 0, 200000 - 1 do numbers[#numbers + 1] = i end
   local k, total = 3, 0
   for round = 1, 5 do
      local mapped = each(numbers, function(x) return x * k + 1 end)
      total = total + mapped[1001]
   end
   return total
end

programs.mapping = programs.ownMapping

function programs.capturing()
   local sum = 0
   local add = function(n) sum = sum + n end
   for i = 0, 2000000 - 1 do add(i) end
   return sum
end

local function adder(k)
   return function(x) return x + k end
end

function programs.makingClosures()
   local sum = 0
   for i = 0, 1000000 - 1 do sum = adder(i)(sum) % 1000003 end
   return sum
end

io.stdout:setvbuf("line")
for line in io.lines() do
   local program = programs[line]
   local value = program and program()
   print("= " .. (type(value) == "number" and ("%.17g"):format(value) or "none"))
end
