-- What wrk sends: the bodies in a folder, in turn, so that no server sees the same window twice in a row.
--
--   wrk ... URL -- FOLDER COUNT CONTENT-TYPE
--
-- Its last line is a JSON object: requests, seconds, the latencies' percentiles in microseconds (quantiles: those of 0.5, 1.5, ... 99.5 %, a
-- histogram of equal shares), and everything that went wrong.

local requests, turn = {}, 0

function init(arguments)
    local folder, count, content_type = arguments[1], tonumber(arguments[2]), arguments[3]
    for index = 1, count do
        local file = assert(io.open(folder .. "/" .. index, "rb"))
        local body = file:read("*a")
        file:close()
        requests[index] = wrk.format("POST", nil, {["Content-Type"] = content_type}, body)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency)
    local errors, quantiles = summary.errors, {}
    for index = 1, 100 do
        quantiles[index] = string.format("%.1f", latency:percentile(index - 0.5))
    end
    io.write(string.format(
        '{"requests": %d, "seconds": %.6f, "p50": %.1f, "p90": %.1f, "p95": %.1f, "p99": %.1f, "max": %.1f, "quantiles": [%s], "failed": %d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(90), latency:percentile(95),
        latency:percentile(99), latency.max, table.concat(quantiles, ", "), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
