-- What wrk(1) sends, made before it begins, and one line of what came of it.
-- Arguments: static; or check TOKEN VALUES KEYS, where every second address
-- of VALUES is one of KEYS that are listed.
local prepared, turn = {}, 0
local PREPARED = 1000

local function addresses(n, keys)
	local list = {}
	for i = 1, n do
		local host = i % 2 == turn % 2 and "net" or "org"
		list[i] = string.format('"user%d@example.%s"',
		    math.random(0, keys - 1), host)
	end
	return table.concat(list, ",")
end

function init(args)
	if args[1] == "static" then
		prepared[1] = wrk.format("GET")
		return
	end
	wrk.headers["Authorization"] = "Bearer " .. args[2]
	wrk.headers["Content-Type"] = "application/json"
	for i = 1, PREPARED do
		turn = i
		prepared[i] = wrk.format("POST", nil, nil, '{"values":[' ..
		    addresses(tonumber(args[3]), tonumber(args[4])) .. "]}")
	end
end

function request()
	turn = turn % #prepared + 1
	return prepared[turn]
end

function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("\nresult %d %d %d %d %d\n", summary.requests,
	    summary.duration, latency:percentile(50), latency:percentile(99),
	    e.connect + e.read + e.write + e.status + e.timeout))
end
